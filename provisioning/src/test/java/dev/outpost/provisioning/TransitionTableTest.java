package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransitionTableTest {
    @Test
    void noStateTakesAnEventTwice() {
        Set<String> seen = new HashSet<>();
        for (TransitionTable.Row row : TransitionTable.ROWS) {
            assertTrue(seen.add(row.state() + " " + row.event()), row.toString());
        }
    }

    @Test
    void everyStateSurvivesARestart() {
        for (UpdateState state : UpdateState.values()) {
            assertTrue(TransitionTable.next(state, UpdateEvent.RESTARTED).isPresent(), state.name());
        }
    }

    @Test
    void everyStateIsReachedAndLeadsToAnEnd() {
        assertEquals(EnumSet.allOf(UpdateState.class), reachedFrom(UpdateState.IDLE));
        for (UpdateState state : UpdateState.values()) {
            assertTrue(reachedFrom(state).stream().anyMatch(next -> next.outcome().isPresent()), state.name());
        }
    }

    @Test
    void everyOutcomeHasItsState() {
        for (UpdateOutcome outcome : UpdateOutcome.values()) {
            assertEquals(1, EnumSet.allOf(UpdateState.class).stream()
                    .filter(state -> state.outcome().filter(outcome::equals).isPresent()).count(), outcome.name());
        }
    }

    @Test
    void oncePastTheGateOnlyRollingBackLeavesTheNewModel() {
        for (UpdateState state : EnumSet.of(UpdateState.SWITCHING, UpdateState.TRIAL)) {
            assertEquals(UpdateState.ROLLING_BACK, TransitionTable.next(state, UpdateEvent.FAILED).orElseThrow());
            assertTrue(TransitionTable.next(state, UpdateEvent.REFUSED).isEmpty());
            assertTrue(TransitionTable.next(state, UpdateEvent.OFFERED).isEmpty());
        }
    }

    private static Set<UpdateState> reachedFrom(UpdateState start) {
        Set<UpdateState> reached = EnumSet.of(start);
        boolean more = true;
        while (more) {
            more = false;
            for (TransitionTable.Row row : TransitionTable.ROWS) {
                more |= reached.contains(row.state()) && reached.add(row.next());
            }
        }
        return reached;
    }
}
