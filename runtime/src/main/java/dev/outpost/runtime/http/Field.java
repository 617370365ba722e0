package dev.outpost.runtime.http;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON value and where it stands; every reading checks type and range and names the path when it fails.
 *
 * @param path such as {@code messages[2].content}
 */
record Field(String path, Json value) {

    boolean isText() {
        return value instanceof Json.Text;
    }

    boolean isArray() {
        return value instanceof Json.Arr;
    }

    boolean isNumber() {
        return value instanceof Json.Num;
    }

    String text() {
        if (value instanceof Json.Text(String text)) {
            return text;
        }
        throw wrongType("string");
    }

    boolean flag() {
        if (value instanceof Json.Bool(boolean flag)) {
            return flag;
        }
        throw wrongType("boolean");
    }

    /** An integer; {@code 3.0} is one, {@code 3.5} is not. */
    long integer(long least, long most) {
        if (!(value instanceof Json.Num(String literal))) {
            throw wrongType("integer");
        }
        double approximate = Double.parseDouble(literal);
        // The range is checked on the double first: an exact reading of 1e999999999 would be a bomb.
        if (!(Math.abs(approximate) <= 1e19)) {
            throw outOfRange(Long.toString(least), Long.toString(most), literal);
        }
        try {
            long exact = new BigDecimal(literal).longValueExact();
            if (exact < least || exact > most) {
                throw outOfRange(Long.toString(least), Long.toString(most), literal);
            }
            return exact;
        } catch (ArithmeticException _) {
            if (approximate == Math.rint(approximate)) {
                throw outOfRange(Long.toString(least), Long.toString(most), literal);
            }
            throw new ApiException(ApiError.notAnInteger(path, literal));
        }
    }

    float number(double least, double most) {
        if (!(value instanceof Json.Num(String literal))) {
            throw wrongType("number");
        }
        double number = Double.parseDouble(literal);
        if (!(number >= least && number <= most)) {
            throw outOfRange(Double.toString(least), Double.toString(most), literal);
        }
        return (float) number;
    }

    /** The items of an array. */
    List<Field> items() {
        if (!(value instanceof Json.Arr(List<Json> items))) {
            throw wrongType("array");
        }
        var fields = new ArrayList<Field>(items.size());
        for (int i = 0; i < items.size(); i++) {
            fields.add(new Field(path + "[" + i + "]", items.get(i)));
        }
        return fields;
    }

    Fields object() {
        if (value instanceof Json.Obj object) {
            return new Fields(path, object);
        }
        throw wrongType("object");
    }

    ApiException wrongType(String expected) {
        return new ApiException(ApiError.invalidType(path, expected, value));
    }

    ApiException badValue(String detail) {
        return new ApiException(ApiError.invalidValue(path, detail + ": param=" + path));
    }

    ApiException unsupported(String detail) {
        return new ApiException(ApiError.unsupported(path, detail + ": param=" + path));
    }

    private ApiException outOfRange(String least, String most, String found) {
        return new ApiException(ApiError.invalidValue(path,
                "value out of range: param=" + path + ", expected=" + least + ".." + most + ", found=" + found));
    }
}
