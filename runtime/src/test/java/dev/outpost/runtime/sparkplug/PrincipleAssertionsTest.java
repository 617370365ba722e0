package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static dev.outpost.runtime.sparkplug.Judgement.isLevel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapters 1 and 2: ids, order of births, clean sessions.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class PrincipleAssertionsTest {

    private final Conformance run;

    PrincipleAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-intro-group-id-string")
    void theGroupIsALevelOfEveryTopic() {
        every(run.numbered(), said -> said.topic().split("/")[1].equals(said.id().group()));
    }

    @Test
    @DisplayName("tck-id-intro-group-id-chars")
    void theGroupHasOnlyWhatTopicsAllow() {
        every(run.lives(), life -> isLevel(life.id().group()));
        assertThrows(SparkplugException.class, () -> new EdgeId("a/b", "node"));
    }

    @Test
    @DisplayName("tck-id-intro-edge-node-id-string")
    void theNodeIsALevelOfEveryTopic() {
        every(run.numbered(), said -> said.topic().split("/")[3].equals(said.id().node()));
    }

    @Test
    @DisplayName("tck-id-intro-edge-node-id-chars")
    void theNodeHasOnlyWhatTopicsAllow() {
        every(run.lives(), life -> isLevel(life.id().node()));
        assertThrows(SparkplugException.class, () -> new EdgeId("group", "a#"));
        assertThrows(SparkplugException.class, () -> new EdgeId("group", "\ud800"));
    }

    @Test
    @DisplayName("tck-id-intro-device-id-string")
    void theDeviceIsTheLastLevelOfItsTopics() {
        every(run.spoken("DBIRTH", "DDATA", "DDEATH"),
                said -> List.of("engine", "sensor").contains(said.said().device().orElse("")));
    }

    @Test
    @DisplayName("tck-id-intro-device-id-chars")
    void aDeviceHasOnlyWhatTopicsAllow() {
        every(run.spoken("DBIRTH"), said -> isLevel(said.said().device().orElse("")));
        assertThrows(SparkplugException.class,
                () -> new EdgeReading(List.of(), List.of(), Map.of("a+b", List.of())));
    }

    @Test
    @DisplayName("tck-id-intro-edge-node-id-uniqueness")
    void noTwoEdgeNodesShareGroupAndNode() {
        assertEquals(run.lives().size(), run.lives().stream().map(Life::id).distinct().count());
        every(run.lives(),
                life -> life.spoken().stream().allMatch(said -> said.topic().contains("/" + life.id().node())));
    }

    @Test
    @DisplayName("tck-id-principles-rbe-recommended")
    void nothingIsSaidWhileNothingChanges() {
        assertEquals(0, run.quiet());
    }

    @Test
    @DisplayName("tck-id-principles-birth-certificates-order")
    void aBirthIsTheFirstMessageOfEverySession() {
        every(run.sessions(), session -> session.said().getFirst().verb().equals("NBIRTH"));
    }

    @Test
    @DisplayName("tck-id-principles-persistence-clean-session-311")
    void everyConnectAsksForACleanSession() {
        every(run.connects(), Packet.Connect::cleanStart);
    }

    @Test
    @DisplayName("tck-id-principles-persistence-clean-session-50")
    void everyConnectStartsCleanAndExpiresAtOnce() {
        every(run.connects(),
                connect -> connect.version() == 5 && connect.cleanStart() && connect.sessionExpiry() == 0);
    }
}
