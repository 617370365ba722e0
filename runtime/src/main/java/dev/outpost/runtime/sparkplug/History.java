package dev.outpost.runtime.sparkplug;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Bounded store of what changed while no host listened. One thread, the edge node's. */
public interface History {

    /**
     * Changes of one moment.
     *
     * @param device empty is the node
     * @param metrics with name, type, value and time
     */
    record Past(Optional<String> device, List<Metric> metrics) {

        public Past {
            metrics = List.copyOf(metrics);
        }

        /** For a store of bytes. */
        public byte[] encode() {
            var out = new ProtoWriter();
            device.ifPresent(id -> out.text(1, id));
            out.bytes(2, PayloadCodec.encode(new Payload(OptionalLong.empty(), OptionalLong.empty(), metrics)));
            return out.toByteArray();
        }

        /** @throws SparkplugException for bytes that {@link #encode} did not write */
        public static Past of(byte[] bytes) {
            var in = new ProtoReader(bytes);
            Optional<String> device = Optional.empty();
            List<Metric> metrics = List.of();
            for (int field; (field = in.field()) != 0;) {
                switch (field) {
                    case 1 -> device = Optional.of(in.text());
                    case 2 -> metrics = PayloadCodec.decode(in.bytes()).metrics();
                    default -> in.skip();
                }
            }
            return new Past(device, metrics);
        }
    }

    /** Keeps changes; where there is no room the oldest go. */
    void add(Past past);

    /** The oldest {@code most} that are kept, in order. */
    List<Past> oldest(int most);

    /** Lets the oldest {@code count} go: they were sent. */
    void forget(int count);
}
