package dev.outpost.runtime.supervise;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The virtual machine's ahead-of-time cache (JEP 514): classes already linked, methods already profiled.
 *
 * <p>It belongs to one JDK build and one class path, so it is made where it is used and never shipped. The launcher
 * names it after both, as the virtual machine was seen to take classes from a cache whose jars had changed since:
 * a stale or missing cache costs time, not correctness.
 */
public final class AotCache {

    private static final Logger LOG = System.getLogger(AotCache.class.getName());

    /** How this process stands to its cache. */
    public enum State {
        USED, STALE, MISSING, OFF
    }

    private final Optional<Path> file;
    private final Optional<Path> launcher;

    /**
     * @param file where the cache is or would be; empty: switched off
     * @param application directory of {@code bin/outpost}
     */
    public AotCache(Optional<Path> file, Optional<Path> application) {
        this.file = file;
        this.launcher = application.map(home -> home.resolve("bin/outpost")).filter(Files::isExecutable);
    }

    public Optional<Path> file() {
        return file;
    }

    public State state() {
        if (file.isEmpty()) {
            return State.OFF;
        }
        if (!Files.isReadable(file.get())) {
            return others(file.get()).isEmpty() ? State.MISSING : State.STALE;
        }
        return mapped(file.get()) ? State.USED : State.STALE;
    }

    /** Caches of other jars or another Java. */
    private static List<Path> others(Path file) {
        var found = new ArrayList<Path>();
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(directory)) {
            try (var caches = Files.newDirectoryStream(directory, "outpost-*.aot")) {
                caches.forEach(found::add);
            } catch (IOException unreadable) {
                return List.of();
            }
        }
        found.remove(file.toAbsolutePath());
        return found;
    }

    // The virtual machine has no public word for it; a cache in use is mapped into the process.
    private static boolean mapped(Path file) {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            String name = file.toRealPath().toString();
            return maps.anyMatch(line -> line.endsWith(name));
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** True where a cache could be made. */
    public boolean trainable() {
        return file.isPresent() && launcher.isPresent();
    }

    /**
     * Starts a training run beside this process, at the lowest priority, and does not wait for it.
     *
     * @param model also trains on loading it and on a few tokens
     */
    public Optional<Process> trainInBackground(Optional<Path> model) {
        var command = new ArrayList<>(List.of("nice", "-n", "19", launcher.orElseThrow().toString(), "aot"));
        model.ifPresent(path -> command.addAll(List.of("--model", path.toString())));
        try {
            return Optional.of(quiet(new ProcessBuilder(command)).start());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "AOT cache cannot be made: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Runs {@code outpost aot --train} under the recording virtual machine, then puts the cache in place in one step.
     *
     * @param arguments further arguments of the training run
     * @return the size in bytes
     * @throws IOException if the directory cannot be written or the run fails
     */
    public long train(List<String> arguments) throws IOException, InterruptedException {
        Path target = file.orElseThrow();
        Files.createDirectories(target.toAbsolutePath().getParent());
        Path fresh = target.resolveSibling(target.getFileName() + "." + ProcessHandle.current().pid());
        var command = new ArrayList<>(List.of(launcher.orElseThrow().toString(), "aot", "--train"));
        command.addAll(arguments);
        try {
            var builder = quiet(new ProcessBuilder(command));
            builder.environment().put("OUTPOST_AOT_OUTPUT", fresh.toString());
            int status = builder.start().waitFor();
            if (status != 0 || !Files.exists(fresh)) {
                throw new IOException("training run failed: status=" + status);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            for (Path other : others(target)) {
                Files.deleteIfExists(other);
            }
            return Files.size(target);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static ProcessBuilder quiet(ProcessBuilder builder) {
        builder.environment().remove("NOTIFY_SOCKET");
        builder.environment().remove("WATCHDOG_USEC");
        return builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
    }
}
