package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.sparkplug.EdgeRecord.Said;
import dev.outpost.runtime.sparkplug.Packet.Connect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;

/** One edge node's record, each message with what came before it. */
record Life(EdgeId id, EdgeRecord record) {

    /**
     * A message in its place.
     *
     * @param connect the CONNECT of its session
     * @param previous the numbered message before it in its session
     * @param birth the birth of what it speaks of, and of no other: of its node, or of its device
     * @param nodeBirth the last NBIRTH
     * @param before the value each metric was last said to have, by name, in this session
     */
    record Spoken(EdgeId id, Said said, Connect connect, Optional<Said> previous, Optional<Said> birth,
            Optional<Said> nodeBirth, Map<String, Object> before) {

        String topic() {
            return said.topic();
        }

        Payload payload() {
            return said.payload();
        }

        List<Payload.Metric> metrics() {
            return said.metrics();
        }

        /** One more than the message before, or 0 after 255. */
        boolean follows() {
            return payload().hasSeq() && previous
                    .map(last -> payload().getSeq() == (last.payload().getSeq() + 1) % 256).orElse(false);
        }

        /** What the birth says of a metric of this message. */
        Optional<Payload.Metric> bornAs(Payload.Metric metric) {
            return birth.stream().flatMap(born -> born.metrics().stream())
                    .filter(each -> metric.hasName()
                            ? each.getName().equals(metric.getName())
                            : each.hasAlias() && each.getAlias() == metric.getAlias())
                    .findFirst();
        }

        /** Whether a metric of this message differs from what was said of it last. */
        boolean isNews(Payload.Metric metric) {
            String name = bornAs(metric).orElseThrow().getName();
            return !valueOf(metric).equals(before.get(key(said.device(), name)));
        }

        boolean isPast() {
            return metrics().stream().anyMatch(Payload.Metric::getIsHistorical);
        }
    }

    List<Spoken> spoken() {
        var all = new ArrayList<Spoken>();
        record.sessions().forEach(session -> speak(session, all));
        return all;
    }

    List<Spoken> spoken(String verb) {
        return spoken().stream().filter(each -> each.said().verb().equals(verb)).toList();
    }

    private void speak(EdgeRecord session, List<Spoken> all) {
        var births = new HashMap<Optional<String>, Said>();
        var values = new HashMap<String, Object>();
        Optional<Said> previous = Optional.empty();
        var connect = session.connectPackets().getFirst();
        for (var said : session.said()) {
            if (said.isBirth()) {
                births.put(said.device(), said);
            }
            all.add(new Spoken(id, said, connect, previous, Optional.ofNullable(births.get(said.device())),
                    Optional.ofNullable(births.get(Optional.<String>empty())), Map.copyOf(values)));
            var born = births.get(said.device());
            if (said.isBirth() || said.isData()) {
                note(said, born, values);
            }
            if (!said.verb().equals("NDEATH")) {
                previous = Optional.of(said);
            }
        }
    }

    private static void note(Said said, Said born, Map<String, Object> values) {
        for (var metric : said.metrics()) {
            String name = metric.hasName()
                    ? metric.getName()
                    : born.metrics().stream().filter(each -> each.getAlias() == metric.getAlias()).findFirst()
                            .orElseThrow().getName();
            if (!metric.getIsHistorical()) {
                values.put(key(said.device(), name), valueOf(metric));
            }
        }
    }

    private static String key(Optional<String> device, String name) {
        return device.orElse("") + "/" + name;
    }

    /** Type of the value and the value, whatever it is. */
    static Object valueOf(Payload.Metric metric) {
        return metric.toBuilder().clearName().clearAlias().clearTimestamp().clearDatatype().clearIsHistorical()
                .clearProperties().build();
    }
}
