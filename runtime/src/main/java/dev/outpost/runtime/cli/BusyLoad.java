package dev.outpost.runtime.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Endless processes beside a measurement: a box that does other things too. Each keeps one core busy until closed. */
final class BusyLoad implements AutoCloseable {

    private final List<Process> processes = new ArrayList<>();

    BusyLoad(int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                processes.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
