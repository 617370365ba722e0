package dev.outpost.runtime.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LatencyWindowTest {

    private final LatencyWindow window = new LatencyWindow();

    @Test
    void saysTheMiddleAndTheSlowOnesOfAnIntervalOnce() {
        for (int i = 100; i >= 1; i--) {
            window.add(i * 1_000_000L);
        }
        assertEquals(new LatencyWindow.Figures(100, 50, 95), window.drain());
        assertEquals(new LatencyWindow.Figures(0, 0, 0), window.drain());
    }

    @Test
    void keepsTheLastOnesOfMany() {
        for (int i = 0; i < 5_000; i++) {
            window.add(i < 3_976 ? 1_000_000L : 7_000_000L);
        }
        assertEquals(new LatencyWindow.Figures(5_000, 7, 7), window.drain());
    }
}
