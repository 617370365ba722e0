package dev.outpost.runtime.sparkplug;

import static dev.outpost.runtime.sparkplug.Judgement.every;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Chapter 5, second part: the primary host, at one server and at two.
 * One case for each of the specification's assertions, under its id.
 */
@ExtendWith(ConformanceRun.class)
class PrimaryHostAssertionsTest {

    private final Conformance run;

    PrimaryHostAssertionsTest(Conformance run) {
        this.run = run;
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-phid-wait")
    void nothingIsBornWithoutThePrimaryHost() {
        assertEquals(0, run.hosting().beforeAny());
        assertEquals(3, run.hosting().online());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-phid-wait-id")
    void anotherHostIsNotThePrimaryHost() {
        assertEquals(0, run.hosting().otherHost());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-phid-wait-online")
    void aHostThatIsOfflineIsNotWaitedFor() {
        assertEquals(0, run.hosting().offline());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp")
    void anOlderStateDoesNotCount() {
        assertEquals(0, run.hosting().afterOffline());
        assertEquals(3, run.hosting().again());
    }

    @Test
    @DisplayName("tck-id-message-flow-edge-node-birth-publish-phid-offline")
    void whenTheHostGoesTheNodeDiesAndStartsOver() {
        var first = run.hosted().sessions().getFirst();
        assertEquals("NDEATH", first.said().getLast().verb());
        assertTrue(first.disconnected());
        assertEquals(2, run.hosted().sessions().size());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-edge-node-termination-host-offline")
    void whenTheHostGoesTheNodeDisconnects() {
        assertTrue(run.hosted().sessions().getFirst().disconnected());
        assertTrue(run.walking().sessions().getFirst().disconnected());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-edge-node-termination-host-offline-reconnect")
    void whenTheHostGoesTheNextServerIsTried() {
        assertEquals(List.of("one", "two", "one"),
                run.walking().connects().stream().map(Packet.Seen::broker).toList());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-edge-node-termination-host-offline-timestamp")
    void anOlderOfflineStateEndsNothing() {
        assertEquals(1, run.hosting().olderOffline());
    }

    @Test
    @DisplayName("tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs")
    void thePrimaryHostsStateIsSubscribedTo() {
        every(run.walking().sessions(), session -> session.qosOf("spBv1.0/STATE/scada-w").equals(List.of(1)));
        every(run.hosted().sessions(), session -> session.qosOf("spBv1.0/STATE/scada-1").equals(List.of(1)));
    }

    @Test
    @DisplayName("tck-id-operational-behavior-primary-application-state-with-multiple-servers-single-server")
    void neverTwoServersAtOnce() {
        every(endings(run.walking()), Ending::beforeTheNext);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-primary-application-state-with-multiple-servers-walk")
    void theNodeWalksToTheNextServer() {
        var births = run.walking().said("NBIRTH").stream().map(EdgeRecord.Said::broker).toList();
        assertEquals(List.of("one", "two", "one"), births);
    }

    @Test
    @DisplayName("tck-id-operational-behavior-edge-node-birth-sequence-wait")
    void everyBirthWaitsForTheHostAnew() {
        assertEquals(0, run.hosting().afterOffline());
        every(run.hosted().sessions(), session -> !session.births().isEmpty());
    }

    private static List<Ending> endings(EdgeRecord record) {
        var sessions = record.sessions();
        return IntStream.range(1, sessions.size()).mapToObj(i -> new Ending(sessions.get(i - 1), sessions.get(i)))
                .toList();
    }

    private record Ending(EdgeRecord session, EdgeRecord next) {

        boolean beforeTheNext() {
            long left = session.seen().stream().filter(each -> each.packet() instanceof Packet.Disconnect)
                    .mapToLong(Packet.Seen::order).findFirst().orElse(Long.MAX_VALUE);
            return left < next.seen().getFirst().order();
        }
    }
}
