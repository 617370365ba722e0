package dev.outpost.runtime.sparkplug;

import java.util.Arrays;
import java.util.List;

/** What a metric, a cell, a parameter or a property holds. */
public sealed interface MetricValue {

    /** No value now: {@code is_null} on the wire. */
    MetricValue ABSENT = new Absent();

    /** No value. */
    record Absent() implements MetricValue {}

    /** An integer of at most 32 bits, signed or not. */
    record Int(long number) implements MetricValue {}

    /** A 64-bit integer, or a time in milliseconds since 1970; an unsigned one by its bits. */
    record Whole(long number) implements MetricValue {}

    record Single(float number) implements MetricValue {}

    record Real(double number) implements MetricValue {}

    record Flag(boolean set) implements MetricValue {}

    /** String, Text or UUID. */
    record Words(String text) implements MetricValue {}

    /** Bytes, a file, or an array as it is packed. */
    record Octets(byte[] bytes) implements MetricValue {

        @Override
        public boolean equals(Object other) {
            return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    record Table(DataSet set) implements MetricValue {}

    record Form(Template template) implements MetricValue {}

    /** A set of properties; only inside properties. */
    record Properties(List<Property> all) implements MetricValue {

        public Properties {
            all = List.copyOf(all);
        }
    }

    /** A list of sets of properties; only inside properties. */
    record PropertyList(List<Properties> sets) implements MetricValue {

        public PropertyList {
            sets = List.copyOf(sets);
        }
    }
}
