package dev.outpost.runtime.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyMeterTest {

    @TempDir
    Path root;

    @Test
    void countsThePackagesAndNotTheirParts() throws IOException {
        write("sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
        write("sys/class/powercap/intel-rapl:0:0/energy_uj", "7");
        EnergyMeter.Measurement measurement = EnergyMeter.under(root).start();
        write("sys/class/powercap/intel-rapl:0/energy_uj", "3500000");

        assertEquals(OptionalDouble.of(2.5), measurement.joules());
    }

    @Test
    void aCounterMayWrap() throws IOException {
        write("sys/class/powercap/intel-rapl:0/energy_uj", "9000000");
        write("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "10000000");
        EnergyMeter.Measurement measurement = EnergyMeter.under(root).start();
        write("sys/class/powercap/intel-rapl:0/energy_uj", "500000");

        assertEquals(OptionalDouble.of(1.5), measurement.joules());
    }

    @Test
    void samplesAPowerSensorWhereThereIsNoCounter() throws Exception {
        write("sys/class/hwmon/hwmon3/power1_input", "5000000");
        EnergyMeter meter = EnergyMeter.under(root);
        EnergyMeter.Measurement measurement = meter.start();
        Thread.sleep(600);

        assertTrue(measurement.joules().orElseThrow() > 0.5);
        assertEquals("hwmon, 1 sensor(s), the whole machine", meter.source());
    }

    @Test
    void saysWhenNothingIsReadable() {
        EnergyMeter meter = EnergyMeter.under(root);

        assertFalse(meter.readable());
        assertEquals(OptionalDouble.empty(), meter.start().joules());
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }
}
