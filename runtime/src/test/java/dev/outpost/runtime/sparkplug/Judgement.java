package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.tahu.protobuf.SparkplugBProto.Payload;

/** How assertions are judged: on everything the record has of a kind, and only where it has something. */
final class Judgement {

    private Judgement() {}

    /** Nothing of this kind on the record proves nothing, and fails. */
    static <T> void every(List<T> all, Predicate<T> holds) {
        assertFalse(all.isEmpty(), "the record has none of these");
        assertEquals(List.of(), all.stream().filter(holds.negate()).limit(3).toList(), "these do not hold");
    }

    static <T> void some(List<T> all, Predicate<T> holds) {
        assertFalse(all.stream().noneMatch(holds), "none of " + all.size() + " holds");
    }

    /** In milliseconds since 1970, and now: a local time is off by half an hour at least. */
    static boolean isNow(long millis) {
        return Math.abs(System.currentTimeMillis() - millis) < 1_200_000;
    }

    static boolean hasValue(Payload.Metric metric) {
        return metric.getIsNull() != (metric.getValueCase() != Payload.Metric.ValueCase.VALUE_NOT_SET);
    }

    /** UTF-8 that can be a level of a topic. */
    static boolean isLevel(String id) {
        return !id.isEmpty() && StandardCharsets.UTF_8.newEncoder().canEncode(id)
                && id.chars().noneMatch(c -> c == '+' || c == '/' || c == '#' || c == 0);
    }

    static boolean isBasic(int type) {
        return type >= 1 && type <= 15;
    }
}
