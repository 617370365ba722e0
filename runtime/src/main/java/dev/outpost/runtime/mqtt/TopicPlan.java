package dev.outpost.runtime.mqtt;

import java.util.regex.Pattern;

/**
 * Where things are said, for one device of one site: {@code outpost/v1/{site}/{device}/…}.
 *
 * @param site {@code [a-z0-9-]{1,64}}
 * @param device {@code [a-z0-9-]{1,64}}
 */
public record TopicPlan(String site, String device) {

    private static final String ROOT = "outpost/v1/";
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    public TopicPlan {
        if (!ID.matcher(site).matches() || !ID.matcher(device).matches()) {
            throw new IllegalArgumentException("site and device: expected [a-z0-9-]{1,64}, found=" + site + ", "
                    + device);
        }
    }

    /** A topic of the device's own, such as {@code desired}. */
    public String own(String leaf) {
        return ROOT + site + "/" + device + "/" + leaf;
    }

    /** The same topic of every device of every site, for the other end. */
    public static String any(String leaf) {
        return ROOT + "+/+/" + leaf;
    }

    /** A topic of the site, such as {@code _group/line-a/desired}. */
    public String shared(String leaf) {
        return ROOT + site + "/" + leaf;
    }

    /** Whose topic this is; refuses one that is no device's. */
    public static TopicPlan of(String topic) {
        var levels = topic.split("/", 5);
        if (levels.length < 5 || !topic.startsWith(ROOT)) {
            throw new IllegalArgumentException("topic is no device's: topic=" + topic);
        }
        return new TopicPlan(levels[2], levels[3]);
    }
}
