package dev.outpost.provisioning.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    /** Numbers of RFC 8785 appendix B, by their IEEE 754 bits. */
    @ParameterizedTest
    @CsvSource({"0000000000000000,0", "8000000000000000,0", "0000000000000001,5e-324", "8000000000000001,-5e-324",
            "7fefffffffffffff,1.7976931348623157e+308", "4340000000000000,9007199254740992",
            "c340000000000000,-9007199254740992", "4430000000000000,295147905179352830000",
            "44b52d02c7e14af5,9.999999999999997e+22", "44b52d02c7e14af6,1e+23",
            "44b52d02c7e14af7,1.0000000000000001e+23",
            "444b1ae4d6e2ef4e,999999999999999700000", "444b1ae4d6e2ef4f,999999999999999900000",
            "444b1ae4d6e2ef50,1e+21", "3eb0c6f7a0b5ed8c,9.999999999999997e-7", "3eb0c6f7a0b5ed8d,0.000001",
            "41b3de4355555553,333333333.3333332", "41b3de4355555554,333333333.33333325",
            "41b3de4355555555,333333333.3333333", "becbf647612f3696,-0.0000033333333333333333",
            "43143ff3c1cb0959,1424953923781206.2"})
    void writesNumbersAsTheStandardLists(String bits, String expected) {
        assertEquals(expected, JsonWriter.number(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))));
    }

    @Test
    void writesTheExampleOfTheStandard() {
        String example = "{\"numbers\":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"
                + "\"string\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\"literals\":[true,false]}";
        assertEquals(
                "{\"literals\":[true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
                JsonWriter.text(JsonReader.read(bytes(example), 1000)));
    }

    @Test
    void sortsMembersByUtf16CodeUnits() {
        String example = "{\"\u20ac\":1,\"\\r\":2,\"\ufb33\":3,\"1\":4,\"\ud83d\ude00\":5,\"\u0080\":6,\"\u00f6\":7}";
        assertEquals("{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}",
                JsonWriter.text(JsonReader.read(bytes(example), 1000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "null", "NaN",
            "1e999", "\"\\x\"", "\"\\ud800\"", "\"a", "\"\u0001\"", "[1] 2", "{\"a\" 1}", "'a'", "[1 2]",
            "123456789012345678901234567890123"})
    void refusesWhatIsNotStrictJson(String text) {
        assertEquals(Refusal.MALFORMED_DOCUMENT,
                assertThrows(RefusedException.class, () -> JsonReader.read(bytes(text), 1000)).code());
    }

    @Test
    void refusesDuplicateMembersAtAnyDepth() {
        for (String text : new String[]{"{\"a\":1,\"a\":1}", "{\"b\":[{\"a\":1,\"\\u0061\":2}]}"}) {
            assertEquals(Refusal.DUPLICATE_MEMBER,
                    assertThrows(RefusedException.class, () -> JsonReader.read(bytes(text), 1000)).code());
        }
    }

    @Test
    void refusesBombsBeforeTheyGrow() {
        byte[] deep = bytes("[".repeat(30_000));
        assertEquals(Refusal.DOCUMENT_TOO_LARGE,
                assertThrows(RefusedException.class, () -> JsonReader.read(deep, 65_536)).code());
        assertEquals(Refusal.DOCUMENT_TOO_LARGE,
                assertThrows(RefusedException.class, () -> JsonReader.read(new byte[65_537], 65_536)).code());
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] overlong = {'"', (byte) 0xC0, (byte) 0xAF, '"'};
        assertEquals(Refusal.MALFORMED_DOCUMENT,
                assertThrows(RefusedException.class, () -> JsonReader.read(overlong, 100)).code());
    }

    @Test
    void acceptsOnlyTheCanonicalSpelling() {
        byte[] good = bytes("{\"a\":1,\"b\":[true]}");
        assertArrayEquals(good, JsonWriter.canonical(JsonReader.canonical(good, 100)));
        for (String other : new String[]{"{\"b\":[true],\"a\":1}", "{\"a\":1.0,\"b\":[true]}",
                "{\"a\":1,\"b\":[true]}\n",
                "{\"\\u0061\":1,\"b\":[true]}"}) {
            assertEquals(Refusal.NOT_CANONICAL,
                    assertThrows(RefusedException.class, () -> JsonReader.canonical(bytes(other), 100)).code());
        }
    }

    @Test
    void shortestNumbersReadBackExactly() {
        Random random = new Random(9);
        for (int i = 0; i < 100_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(number)) {
                assertEquals(number == 0 ? 0 : number, Double.parseDouble(JsonWriter.number(number)));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
