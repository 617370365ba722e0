package dev.outpost.provisioning.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Writes small GGUF files: one text of metadata, some tensors of random bytes with ragged lengths. */
public final class TinyGguf {
    private final int[] lengths;
    private final long[] seeds;
    private final String template;
    private final int alignment;

    /**
     * @param template value of one metadata key; its length moves all tensors
     * @param tensors number of tensors
     * @param tensorBytes roughly the bytes of each
     */
    public TinyGguf(String template, int tensors, int tensorBytes) {
        this(template, new int[tensors], new long[tensors], 32);
        for (int i = 0; i < tensors; i++) {
            lengths[i] = tensorBytes + 13 * i;
            seeds[i] = i;
        }
    }

    private TinyGguf(String template, int[] lengths, long[] seeds, int alignment) {
        this.template = template;
        this.lengths = lengths;
        this.seeds = seeds;
        this.alignment = alignment;
    }

    /** The same file with one tensor's bytes changed. */
    public TinyGguf withOtherTensor(int tensor, long seed) {
        long[] changed = seeds.clone();
        changed[tensor] = seed;
        return new TinyGguf(template, lengths, changed, alignment);
    }

    /** The same tensors behind other metadata. */
    public TinyGguf withTemplate(String other) {
        return new TinyGguf(other, lengths, seeds, alignment);
    }

    /** The file. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, 4, 0x46554747);
        put(out, 4, 3);
        put(out, 8, lengths.length);
        put(out, 8, 3);
        text(out, "general.alignment");
        put(out, 4, 4);
        put(out, 4, alignment);
        text(out, "tokenizer.chat_template");
        put(out, 4, 8);
        text(out, template);
        text(out, "tokenizer.ggml.tokens");
        put(out, 4, 9);
        put(out, 4, 8);
        put(out, 8, 2);
        text(out, "a");
        text(out, "b");
        long offset = 0;
        for (int i = 0; i < lengths.length; i++) {
            text(out, "blk." + i + ".weight");
            put(out, 4, 1);
            put(out, 8, lengths[i]);
            put(out, 4, 24);
            put(out, 8, offset);
            offset = align(offset + lengths[i]);
        }
        pad(out);
        for (int i = 0; i < lengths.length; i++) {
            byte[] data = new byte[lengths[i]];
            new Random(seeds[i]).nextBytes(data);
            out.writeBytes(data);
            if (i + 1 < lengths.length) {
                pad(out);
            }
        }
        return out.toByteArray();
    }

    /** A source over bytes in memory. */
    public static BlockSource source(byte[] bytes) {
        return new BlockSource() {
            @Override
            public long bytes() {
                return bytes.length;
            }

            @Override
            public int read(long position, ByteBuffer target) {
                int count = (int) Math.min(target.remaining(), bytes.length - position);
                target.put(bytes, (int) position, count);
                return count;
            }
        };
    }

    private void pad(ByteArrayOutputStream out) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
    }

    private long align(long at) {
        return (at + alignment - 1) / alignment * alignment;
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        put(out, 8, bytes.length);
        out.writeBytes(bytes);
    }

    private static void put(ByteArrayOutputStream out, int width, long value) {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        out.write(buffer.array(), 0, width);
    }
}
