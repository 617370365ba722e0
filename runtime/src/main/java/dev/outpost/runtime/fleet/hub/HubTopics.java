package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.util.Optional;

/**
 * What a hub listens to and says, for one site. What any hub may answer is a shared subscription, so that several hubs
 * divide the devices; what all hubs must know is not.
 */
record HubTopics(String site) {

    private static final String SHARED = "$share/hub/";

    /** A leaf of every device, divided among the hubs. */
    String divided(String leaf) {
        return SHARED + everyDevice(leaf);
    }

    /** A leaf of every device, heard by every hub. */
    String everyDevice(String leaf) {
        return "outpost/v1/" + site + "/+/" + leaf;
    }

    String failures() {
        return "outpost/v1/" + site + "/_fail/+/+";
    }

    TopicPlan device(String device) {
        return new TopicPlan(site, device);
    }

    String desired(Addressee addressee) {
        return switch (addressee) {
            case Addressee.Device(String id) -> device(id).own("desired");
            case Addressee.Group(String id) -> "outpost/v1/" + site + "/_group/" + id + "/desired";
        };
    }

    /** The device a topic belongs to, if it is one of this site's. */
    Optional<String> owner(String topic) {
        try {
            var plan = TopicPlan.of(topic);
            return plan.site().equals(site) ? Optional.of(plan.device()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The device that a failure notice's topic names. */
    Optional<String> failed(String topic) {
        var levels = topic.split("/", -1);
        return levels.length == 6 ? owner("outpost/v1/" + levels[2] + "/" + levels[5] + "/failed") : Optional.empty();
    }
}
