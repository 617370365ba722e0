package dev.outpost.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8AssemblerTest {

    @Test
    void holdsACharacterBackUntilItsLastByte() {
        Utf8Assembler assembler = new Utf8Assembler();
        byte[] grin = "😁".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3; i++) {
            assertEquals("", assembler.push(new byte[]{grin[i]}));
            assertEquals(i + 1, assembler.heldBytes());
        }
        assertEquals("😁", assembler.push(new byte[]{grin[3]}));
        assertEquals(0, assembler.heldBytes());
        assertEquals("", assembler.finish());
    }

    @Test
    void replacesAnIncompleteEndOnce() {
        Utf8Assembler assembler = new Utf8Assembler();
        assertEquals("a", assembler.push(new byte[]{'a', (byte) 0xE2, (byte) 0x82}));
        assertEquals("\uFFFD", assembler.finish());
        assertEquals("b", assembler.push(new byte[]{'b'}));
    }

    @Test
    void givesTheTextOfAllBytesAtOnceHoweverTheyAreCut() {
        Random random = new Random(1);
        for (int round = 0; round < 3000; round++) {
            byte[] all = new byte[random.nextInt(24)];
            random.nextBytes(all);
            if (round % 2 == 0) {
                byte[] text = "aé€😁ß".repeat(3).getBytes(StandardCharsets.UTF_8);
                all = Arrays.copyOfRange(text, random.nextInt(8), 10 + random.nextInt(10));
            }
            Utf8Assembler assembler = new Utf8Assembler();
            StringBuilder out = new StringBuilder();
            for (int at = 0; at < all.length;) {
                int to = Math.min(all.length, at + random.nextInt(4));
                String part = assembler.push(Arrays.copyOfRange(all, at, to));
                assertFalse(!part.isEmpty() && Character.isHighSurrogate(part.charAt(part.length() - 1)));
                out.append(part);
                at = to;
            }
            assertEquals(new String(all, StandardCharsets.UTF_8), out.append(assembler.finish()).toString());
        }
    }
}
