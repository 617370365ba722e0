package dev.outpost.engine.prompt;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Python's arithmetic; integers beyond 64 bits that do not come from outside are refused. */
final class Numbers {

    private Numbers() {}

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    static long integer(Object value) {
        return value instanceof Boolean flag ? flag ? 1 : 0 : (Long) value;
    }

    static double decimal(Object value) {
        return value instanceof Boolean flag ? flag ? 1 : 0 : ((Number) value).doubleValue();
    }

    static int compare(Object a, Object b) {
        if (isInteger(a) && isInteger(b)) {
            return Long.compare(integer(a), integer(b));
        }
        if (a instanceof BigInteger || b instanceof BigInteger) {
            return new BigDecimal(text(a)).compareTo(new BigDecimal(text(b)));
        }
        double left = decimal(a);
        double right = decimal(b);
        return left == right ? 0 : left < right ? -1 : 1;
    }

    private static String text(Object value) {
        return value instanceof Boolean ? String.valueOf(integer(value)) : value.toString();
    }

    static Object apply(String operator, Object a, Object b) {
        try {
            return isInteger(a) && isInteger(b)
                    ? integers(operator, integer(a), integer(b))
                    : decimals(operator, decimal(a), decimal(b));
        } catch (ArithmeticException e) {
            throw TemplateFailure.failed("arithmetic fails: operator=" + operator + ", " + e.getMessage());
        }
    }

    private static Object integers(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "/" -> divided(a, b);
            case "//" -> Math.floorDiv(a, b);
            case "%" -> Math.floorMod(a, b);
            case "**" -> power(a, b);
            default -> throw TemplateFailure.malformed("unknown operator: found=" + operator);
        };
    }

    private static double divided(double a, double b) {
        if (b == 0) {
            throw new ArithmeticException("division by zero");
        }
        return a / b;
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            return Math.pow(base, exponent);
        }
        if (exponent > 64 && base != 0 && base != 1 && base != -1) {
            throw new ArithmeticException("long overflow");
        }
        return Math.powExact(base, (int) (exponent > 64 ? 64 + exponent % 2 : exponent));
    }

    private static Object decimals(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> divided(a, b);
            case "//" -> Math.floor(divided(a, b));
            case "%" -> {
                divided(a, b);
                double rest = a % b;
                yield rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
            }
            case "**" -> Math.pow(a, b);
            default -> throw TemplateFailure.malformed("unknown operator: found=" + operator);
        };
    }

    /** The shortest digits that read back as the same number, in exponent form below 1e-4 and from 1e16 on. */
    static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    /** Half to even on the exact value, as Python rounds. */
    static double rounded(double value, int digits, RoundingMode mode) {
        if (Double.isNaN(value) || Double.isInfinite(value) || Math.abs(digits) > 400) {
            return value;
        }
        return new BigDecimal(value).setScale(digits, mode).doubleValue();
    }

    /** {@code %.Nf}. */
    static String fixed(double value, int digits) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return repr(value);
        }
        return new BigDecimal(value).setScale(Math.min(digits, 400), RoundingMode.HALF_EVEN).toPlainString();
    }
}
