package dev.outpost.runtime.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFilterTest {

    @ParameterizedTest
    @CsvSource({"a/+/c, a/b/c, true", "a/+/c, a/b/d, false", "a/+, a/b/c, false", "a/#, a/b/c, true",
            "a/#, a, true", "#, a/b, true", "#, $SYS/b, false", "+/b, $SYS/b, false", "$SYS/#, $SYS/b, true",
            "$share/hub/a/+/tlm/+, a/b/tlm/metric, true", "$share/hub/a/+/tlm/+, a/b/tlm, false",
            "$share/hub/a/+, $share/hub/a/b, false", "$share/hub/#, $SYS/b, false"})
    void matches(String filter, String topic, boolean expected) {
        assertEquals(expected, TopicFilter.matches(filter, topic));
    }
}
