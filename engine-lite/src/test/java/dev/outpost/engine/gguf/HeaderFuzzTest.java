package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seeded mutations of good files: a refusal or a description that holds, and nothing else. */
class HeaderFuzzTest {

    private static final int IN_MEMORY = 20_000;
    private static final int AS_FILES = 500;
    private static final long[] TEMPTING = {0, 1, -1, 2, 3, 31, 32, 33, 63, 64, 255, 256, 4096, 65535, 65536, 1L << 20,
            1L << 22, (1L << 31) - 1, 1L << 31, 1L << 32, 1L << 61, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, -32};

    @TempDir
    Path folder;

    private static List<byte[]> seeds() {
        return List.of(HostileFile.base().bytes(), HostileFile.base().version(2).alignment(64).bytes(),
                TinyModel.of("qwen3", QuantType.Q4_0).withSizes(32, 1, 1, 1, 32, 32).withTied(true).bytes());
    }

    @Test
    void mutatedHeadersAreRefusedOrHold() {
        List<byte[]> seeds = seeds();
        int refused = 0;
        for (int run = 0; run < IN_MEMORY; run++) {
            byte[] bytes = mutate(seeds.get(run % seeds.size()), new Random(run));
            refused += refused(bytes, run) ? 1 : 0;
        }
        assertTrue(refused > IN_MEMORY / 2, "refused=" + refused);
        assertTrue(refused < IN_MEMORY, "refused=" + refused);
    }

    @Test
    void mutatedFilesLeaveNothingOpen() throws IOException {
        List<byte[]> seeds = seeds();
        Path path = folder.resolve("mutated.gguf");
        for (int run = 0; run < AS_FILES; run++) {
            Files.write(path, mutate(seeds.get(run % seeds.size()), new Random(-run)));
            try (GgufFile file = GgufFile.open(path)) {
                file.metadata().keys().forEach(file.metadata()::value);
            } catch (ModelRejectedException expected) {
                assertTrue(expected.getMessage().length() < 1000, expected.getMessage());
            }
        }
        LeftOpen.assertNothingOf(path);
    }

    private static boolean refused(byte[] bytes, int run) {
        boolean[] refused = new boolean[1];
        Cost.assertSmall(() -> {
            try {
                holds(bytes);
            } catch (ModelRejectedException expected) {
                refused[0] = true;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("run " + run + " let out " + e, e);
            }
        });
        return refused[0];
    }

    /** What an accepted description promises its readers. */
    private static void holds(byte[] bytes) {
        var description = new GgufReader(MemorySegment.ofArray(bytes), GgufLimits.DEFAULT, bytes.length).read();
        GgufMetadata metadata = description.metadata();
        metadata.keys().forEach(metadata::value);
        long end = 0;
        for (TensorEntry tensor : description.tensors().stream().sorted(Comparator.comparingLong(TensorEntry::offset))
                .toList()) {
            assertTrue(tensor.offset() >= end && tensor.bytes() > 0, tensor::toString);
            end = tensor.offset() + tensor.bytes();
            assertTrue(end <= bytes.length, tensor::toString);
            assertTrue(tensor.type().bytes(tensor.columns()) * tensor.rows() == tensor.bytes(), tensor::toString);
        }
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes = mutateOnce(bytes, random);
        }
        return bytes;
    }

    private static byte[] mutateOnce(byte[] bytes, Random random) {
        // Mostly the header: the data behind it is opaque to the reader.
        int reach = random.nextInt(8) == 0 ? bytes.length : Math.min(bytes.length, 1200);
        int at = random.nextInt(Math.max(1, reach));
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> spliced(bytes, at, new byte[random.nextInt(40)], 0);
            case 2 -> spliced(bytes, at, new byte[0], random.nextInt(40));
            case 3 -> spliced(bytes, at, Arrays.copyOfRange(bytes, at / 2, at), 0);
            case 4 -> number(bytes, at, 8, TEMPTING[random.nextInt(TEMPTING.length)]);
            case 5 -> number(bytes, at, 4, TEMPTING[random.nextInt(TEMPTING.length)]);
            default -> number(bytes, at, 1, random.nextInt());
        };
    }

    private static byte[] number(byte[] bytes, int at, int width, long value) {
        byte[] raw = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        System.arraycopy(raw, 0, bytes, at, Math.min(width, Math.max(0, bytes.length - at)));
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] inserted, int dropped) {
        int from = Math.min(bytes.length, at + dropped);
        byte[] result = Arrays.copyOf(bytes, at + inserted.length + bytes.length - from);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(bytes, from, result, at + inserted.length, bytes.length - from);
        return result;
    }
}
