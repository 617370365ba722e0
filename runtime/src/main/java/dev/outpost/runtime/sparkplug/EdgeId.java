package dev.outpost.runtime.sparkplug;

import java.nio.charset.StandardCharsets;

/**
 * Who this edge node is, and the topics that follow.
 *
 * @param group the group's id
 * @param node the node's id, one in its group
 */
public record EdgeId(String group, String node) {

    private static final String NAMESPACE = "spBv1.0";
    private static final int MOST = 128;

    public EdgeId {
        requireId("group", group);
        requireId("node", node);
        if (group.equals("STATE")) {
            throw new SparkplugException("group id is reserved: group=" + group);
        }
    }

    /** @param verb such as {@code NBIRTH} */
    String topic(String verb) {
        return NAMESPACE + "/" + group + "/" + verb + "/" + node;
    }

    String topic(String verb, String device) {
        return topic(verb) + "/" + device;
    }

    static String state(String host) {
        return NAMESPACE + "/STATE/" + host;
    }

    /**
     * @param what group, node, device or host
     * @throws SparkplugException where {@code id} cannot be a level of a topic
     */
    static String requireId(String what, String id) {
        boolean sound = !id.isBlank() && id.length() <= MOST && StandardCharsets.UTF_8.newEncoder().canEncode(id)
                && id.chars().noneMatch(c -> c == '+' || c == '/' || c == '#' || Character.isISOControl(c));
        if (!sound) {
            throw new SparkplugException(what + " id: expected 1.." + MOST + " characters, none of + / #, found=" + id);
        }
        return id;
    }
}
