package dev.outpost.runtime.mqtt;

/**
 * Topic filters, MQTT 5.0 section 4.7: {@code +} is one level, {@code #} the rest. Of a shared subscription (section
 * 4.8.2), {@code $share/NAME/FILTER}, the filter counts.
 */
final class TopicFilter {

    private static final String SHARED = "$share/";

    private TopicFilter() {}

    static boolean matches(String subscription, String topic) {
        String filter = filter(subscription);
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

    private static String filter(String subscription) {
        int name = subscription.startsWith(SHARED) ? subscription.indexOf('/', SHARED.length()) : -1;
        return name < 0 ? subscription : subscription.substring(name + 1);
    }
}
