package dev.outpost.runtime.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.RequestClass;
import dev.outpost.runtime.admission.AdmissionRefusedException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Admission admission = new Admission(2, 6);

    @Test
    void boundsEachClassOnItsOwn() {
        admission.admit(RequestClass.BATCH, "a", 4);
        admission.admit(RequestClass.BATCH, "b", 4);
        assertRefused(Reason.QUEUE_FULL, RequestClass.BATCH, "c", 1);
        admission.admit(RequestClass.ALARM, "a", 1);
        assertEquals(8, admission.inFlight(RequestClass.BATCH));
        assertEquals(1, admission.inFlight(RequestClass.ALARM));
    }

    @Test
    void leavesAQuarterOfTheClassToOtherClients() {
        admission.admit(RequestClass.NORMAL, "greedy", 6);
        assertRefused(Reason.CLIENT_SHARE_FULL, RequestClass.NORMAL, "greedy", 1);
        admission.admit(RequestClass.NORMAL, "other", 2);
    }

    @Test
    void givesPlacesBackOnce() {
        Permit permit = admission.admit(RequestClass.NORMAL, "a", 6);
        admission.admit(RequestClass.NORMAL, "b", 2);
        permit.close();
        permit.close();
        assertEquals(2, admission.inFlight(RequestClass.NORMAL));
        admission.admit(RequestClass.NORMAL, "a", 6);
    }

    @Test
    void refusesEverythingOnceDraining() {
        admission.drain();
        assertRefused(Reason.DRAINING, RequestClass.ALARM, "a", 1);
    }

    @Test
    void waitsForWhatIsInFlight() throws InterruptedException {
        Permit permit = admission.admit(RequestClass.NORMAL, "a", 1);
        assertFalse(admission.awaitIdle(Duration.ofMillis(20)));
        Thread.ofVirtual().start(permit::close);
        assertTrue(admission.awaitIdle(Duration.ofSeconds(5)));
    }

    @Test
    void refusesALargeRequestAsAWhole() {
        admission.admit(RequestClass.NORMAL, "a", 5);
        assertRefused(Reason.QUEUE_FULL, RequestClass.NORMAL, "b", 4);
        assertEquals(5, admission.inFlight(RequestClass.NORMAL));
    }

    private void assertRefused(Reason reason, RequestClass requestClass, String client, int places) {
        var refused = assertThrows(AdmissionRefusedException.class,
                () -> admission.admit(requestClass, client, places));
        assertEquals(reason, refused.reason());
    }
}
