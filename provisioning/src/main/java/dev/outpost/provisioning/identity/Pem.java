package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** PEM blocks (RFC 7468) by hand: the JDK's own codec is a preview in 25. */
public final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private Pem() {}

    /** One block. */
    public static String write(String label, byte[] content) {
        return BEGIN + label + DASHES + "\n"
                + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content) + "\n" + END + label + DASHES
                + "\n";
    }

    /** All blocks of one label, in order. */
    public static List<byte[]> read(String label, byte[] file) {
        String text = new String(file, StandardCharsets.US_ASCII);
        String begin = BEGIN + label + DASHES;
        String end = END + label + DASHES;
        List<byte[]> blocks = new ArrayList<>();
        for (int at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
            int stop = text.indexOf(end, at);
            if (stop < 0) {
                throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "PEM block has no end: label=" + label);
            }
            try {
                blocks.add(Base64.getMimeDecoder().decode(text.substring(at + begin.length(), stop)));
            } catch (IllegalArgumentException e) {
                throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "PEM block is not base64: label=" + label);
            }
            at = stop;
        }
        return blocks;
    }
}
