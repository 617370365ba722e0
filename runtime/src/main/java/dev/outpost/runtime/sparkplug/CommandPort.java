package dev.outpost.runtime.sparkplug;

import java.util.Optional;

/** What hosts may write to. On the edge node's thread; returns quickly. */
public interface CommandPort {

    /** Nothing may be written. */
    CommandPort NONE = new CommandPort() {

        @Override
        public boolean isWritable(Optional<String> device) {
            return false;
        }

        @Override
        public void write(Optional<String> device, String metric, MetricValue value) {
            throw new SparkplugException("nothing may be written: metric=" + metric);
        }
    };

    /** Whether a device (empty: the node) has any metric that may be written. */
    boolean isWritable(Optional<String> device);

    /**
     * Writes one metric; its value already has the type the birth gave it.
     *
     * @throws RuntimeException where it is refused; it is logged, the host sees that the metric did not change
     */
    void write(Optional<String> device, String metric, MetricValue value);
}
