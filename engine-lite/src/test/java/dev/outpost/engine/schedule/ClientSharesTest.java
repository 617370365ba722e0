package dev.outpost.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ClientSharesTest {

    @Test
    void newcomersStartLevelWithTheLeastServed() {
        ClientShares shares = new ClientShares();
        shares.enter("a");
        shares.enter("b");
        shares.charge("a", 100);
        shares.charge("b", 40);
        shares.enter("c");
        assertEquals(40, shares.served("c"));
    }

    @Test
    void absenceEarnsNoCreditAndGoneClientsAreForgotten() {
        ClientShares shares = new ClientShares();
        shares.enter("a");
        shares.enter("b");
        shares.leave("b");
        shares.charge("a", 500);
        shares.enter("b");
        assertEquals(500, shares.served("b"));
        shares.leave("a");
        shares.leave("b");
        assertEquals(0, shares.clients());
    }
}
