package dev.outpost.runtime.sparkplug;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outpost.runtime.sparkplug.Packet.Connect;
import dev.outpost.runtime.sparkplug.Packet.Publish;
import dev.outpost.runtime.sparkplug.Packet.Seen;
import dev.outpost.runtime.sparkplug.Packet.Subscribe;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;

/** What one edge node did on the wire, its payloads read by Eclipse Tahu's messages and not by our codec. */
record EdgeRecord(List<Seen> seen) {

    /** A message the edge node published, or put into a CONNECT as its will. */
    record Said(long order, long nanos, String broker, Publish packet) {

        String topic() {
            return packet.topic();
        }

        /** As NBIRTH. */
        String verb() {
            return topic().split("/")[2];
        }

        Optional<String> device() {
            var levels = topic().split("/");
            return levels.length > 4 ? Optional.of(levels[4]) : Optional.empty();
        }

        Payload payload() {
            try {
                return Payload.parseFrom(packet.payload());
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError("no protobuf payload on " + topic(), e);
            }
        }

        List<Payload.Metric> metrics() {
            return payload().getMetricsList();
        }

        Optional<Payload.Metric> metric(String name) {
            return metrics().stream().filter(metric -> metric.getName().equals(name)).findFirst();
        }

        boolean isBirth() {
            return verb().endsWith("BIRTH");
        }

        boolean isData() {
            return verb().endsWith("DATA");
        }
    }

    List<Said> said() {
        return seen.stream().flatMap(each -> each.packet() instanceof Publish publish
                ? Stream.of(new Said(each.order(), each.nanos(), each.broker(), publish))
                : Stream.empty()).toList();
    }

    List<Said> said(String verb) {
        return said(message -> message.verb().equals(verb));
    }

    List<Said> said(Predicate<Said> wanted) {
        return said().stream().filter(wanted).toList();
    }

    List<Said> births() {
        return said(Said::isBirth);
    }

    List<Said> data() {
        return said(Said::isData);
    }

    List<Seen> connects() {
        return seen.stream().filter(each -> each.packet() instanceof Connect).toList();
    }

    List<Connect> connectPackets() {
        return connects().stream().map(each -> (Connect) each.packet()).toList();
    }

    List<Said> wills() {
        return connects().stream().flatMap(each -> ((Connect) each.packet()).will().stream()
                .map(will -> new Said(each.order(), each.nanos(), each.broker(), will))).toList();
    }

    List<Seen> subscribes() {
        return seen.stream().filter(each -> each.packet() instanceof Subscribe).toList();
    }

    /** With which QoS a filter was asked for. */
    List<Integer> qosOf(String filter) {
        return subscribes().stream().flatMap(each -> Optional.ofNullable(((Subscribe) each.packet()).filters()
                .get(filter)).stream()).toList();
    }

    /** One element a connection: what was seen from its CONNECT to the next. */
    List<EdgeRecord> sessions() {
        var starts = connects().stream().mapToLong(Seen::order).toArray();
        return java.util.stream.IntStream.range(0, starts.length).mapToObj(i -> new EdgeRecord(seen.stream()
                .filter(each -> each.order() >= starts[i] && (i + 1 == starts.length || each.order() < starts[i + 1]))
                .toList())).toList();
    }

    long bdSeqOfWill() {
        return wills().getFirst().metric("bdSeq").orElseThrow().getLongValue();
    }

    boolean disconnected() {
        return seen.stream().anyMatch(each -> each.packet() instanceof Packet.Disconnect);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var each : seen) {
            text.append('\n').append(each.order()).append(' ').append(each.broker()).append(' ').append(
                    each.packet() instanceof Publish publish
                            ? publish.topic()
                            : each.packet().getClass().getSimpleName());
        }
        return text.toString();
    }
}
