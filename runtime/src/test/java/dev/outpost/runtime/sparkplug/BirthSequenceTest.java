package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bdSeq over CONNECTs, restarts and damage. */
class BirthSequenceTest {

    @TempDir
    Path directory;

    @Test
    void beginsAtZeroGoesOnAfterARestartAndWraps() {
        var first = new BirthSequence(directory.resolve("new"));
        assertEquals(0, first.next());
        first.used(0);
        assertEquals(1, first.next());
        var second = new BirthSequence(directory.resolve("new"));
        assertEquals(1, second.next());
        second.used(255);
        assertEquals(0, new BirthSequence(directory.resolve("new")).next());
    }

    @Test
    void aFileThatIsNotWholeCountsAsNone() throws IOException {
        for (String damaged : new String[]{"", "x", "-1", "12345", "1 2"}) {
            Files.writeString(directory.resolve("bdseq"), damaged);
            assertEquals(0, new BirthSequence(directory).next(), damaged);
        }
    }

    @Test
    void saysWhyItCannotBeKept() throws IOException {
        var file = Files.writeString(directory.resolve("file"), "");
        assertThrows(SparkplugException.class, () -> new BirthSequence(file.resolve("below")));
    }

    @Test
    void advancesForEveryConnectThatWasWrittenAndForNoOther() throws IOException {
        int nobody;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = closed.getLocalPort();
        }
        try (var rig = new EdgeRig(Conformance.settings(Conformance.PLAIN, nobody), directory.resolve("refused"))) {
            rig.plant().awaitReads(20);
            assertTrue(rig.attempts() > 2, "attempts=" + rig.attempts());
        }
        assertEquals(0, new BirthSequence(directory.resolve("refused")).next());

        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var rig = new EdgeRig(Conformance.settings(Conformance.PLAIN, silent.getLocalPort()),
                        directory.resolve("silent"))) {
            // the client writes its CONNECT and is cut
            for (int i = 0; i < 3; i++) {
                try (var client = silent.accept()) {
                    client.getInputStream().readNBytes(20);
                }
            }
            HostApplication.await(() -> rig.attempts() >= 4);
            int next = new BirthSequence(directory.resolve("silent")).next();
            assertTrue(next >= 3 && next <= rig.attempts(), "next=" + next + ", attempts=" + rig.attempts());
        }
    }
}
