package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Base64;
import java.util.BitSet;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a device says on {@code _peer/{device}/have}:
 * {@code {"device","address":"host:port","digest":hex,"blocks":base64 bitmap,"count":N}}; bit n of the bitmap (lowest bit
 * of the first byte first) is block n. Nobody is bound to believe it.
 *
 * @param address where its listener is
 * @param count blocks of the whole file
 */
public record PeerHave(String device, String address, ContentDigest digest, BitSet blocks, int count) {
    /** Longest encoded form, bytes. */
    static final int MOST_BYTES = 192 << 10;
    private static final int MOST_BLOCKS = 1 << 20;
    private static final Pattern DEVICE = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9.-]{1,253}):\\d{1,5}");

    /** Refuses what is no device, address or bitmap. */
    public PeerHave {
        blocks = (BitSet) blocks.clone();
        if (!DEVICE.matcher(device).matches() || !ADDRESS.matcher(address).matches() || count < 0
                || count > MOST_BLOCKS || blocks.length() > count) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "announcement is out of range: blocks="
                    + blocks.length() + ", count=" + count);
        }
    }

    /** A copy of the bitmap. */
    @Override
    public BitSet blocks() {
        return (BitSet) blocks.clone();
    }

    /**
     * Reads an announcement.
     *
     * @throws RefusedException when it is not one
     */
    public static PeerHave of(byte[] payload) {
        JsonFields fields = JsonFields.of(JsonReader.read(payload, MOST_BYTES), "announcement");
        String device = fields.text("device", 64);
        String address = fields.text("address", 264);
        var digest = new ContentDigest(fields.text("digest", 64));
        String bitmap = fields.text("blocks", MOST_BYTES);
        int count = (int) fields.whole("count", 0, MOST_BLOCKS);
        fields.end();
        try {
            return new PeerHave(device, address, digest, BitSet.valueOf(Base64.getDecoder().decode(bitmap)), count);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "bitmap is not base64");
        }
    }

    /** The encoded form. */
    public byte[] encode() {
        return JsonWriter.canonical(JsonObject.of(Map.of()).with("device", device).with("address", address)
                .with("digest", digest.hex()).with("blocks", Base64.getEncoder().encodeToString(blocks.toByteArray()))
                .with("count", count));
    }
}
