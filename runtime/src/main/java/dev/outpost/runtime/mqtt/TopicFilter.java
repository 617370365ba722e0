package dev.outpost.runtime.mqtt;

/** Topic filters, MQTT 5.0 section 4.7: {@code +} is one level, {@code #} the rest. */
final class TopicFilter {

    private TopicFilter() {}

    static boolean matches(String filter, String topic) {
        var wanted = filter.split("/", -1);
        var found = topic.split("/", -1);
        if (topic.startsWith("$") && !filter.startsWith("$")) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= found.length || !wanted[i].equals("+") && !wanted[i].equals(found[i])) {
                return false;
            }
        }
        return wanted.length == found.length;
    }
}
