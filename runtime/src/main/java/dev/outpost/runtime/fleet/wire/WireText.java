package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Base64;
import java.util.List;

/** Forms of text that several messages share. */
final class WireText {
    private WireText() {}

    static boolean flag(JsonFields fields, String name) {
        if (fields.value(name) instanceof JsonFlag flag) {
            return flag.flag();
        }
        throw malformed("member is not true or false: member=" + name);
    }

    /** 16 lower-case hexadecimal digits. */
    static String bootId(JsonFields fields) {
        return bootId(fields, "bootId");
    }

    static String bootId(JsonFields fields, String name) {
        String id = fields.text(name, 16);
        if (!id.matches("[0-9a-f]{16}")) {
            throw malformed("boot id is not 16 hexadecimal digits: member=" + name);
        }
        return id;
    }

    /** An identifier of a site, device, group, profile or line. */
    static String identifier(JsonFields fields, String name) {
        String id = fields.text(name, 64);
        if (!id.matches("[a-z0-9-]{1,64}")) {
            throw new RefusedException(Refusal.BAD_NAME, "not an identifier [a-z0-9-]{1,64}: member=" + name);
        }
        return id;
    }

    static ContentDigest digest(JsonFields fields, String name) {
        return new ContentDigest(fields.text(name, 64));
    }

    /** A digest as text, or empty text. */
    static String digestOrEmpty(JsonFields fields, String name) {
        String hex = fields.text(name, 64);
        return hex.isEmpty() ? hex : new ContentDigest(hex).hex();
    }

    static List<String> digests(JsonFields fields, String name, int limit) {
        return fields.texts(name, limit, 64).stream().map(hex -> new ContentDigest(hex).hex()).toList();
    }

    static byte[] base64(String text, String name) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed("not base64: member=" + name);
        }
    }

    static RefusedException malformed(String what) {
        return new RefusedException(Refusal.MALFORMED_DOCUMENT, what);
    }
}
