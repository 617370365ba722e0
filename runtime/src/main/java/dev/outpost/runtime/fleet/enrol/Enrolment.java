package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentChannel;
import dev.outpost.provisioning.identity.EnrolmentFailedException;
import dev.outpost.provisioning.identity.RenewalRule;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gets the device its certificate and keeps it in date, on a thread of its own: asks the channels in order, takes the
 * answer as a candidate, and lets it take over once a real connection proved it. Without an answer the device goes on as
 * it is; the wait between attempts doubles up to an hour.
 *
 * <p>A certificate is renewed at one third of its life, by the trusted time floor, and also when its broker has been
 * refusing or silent for long: a device that lay in a drawer for years cannot know that it has expired.
 */
public final class Enrolment implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Enrolment.class.getName());
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int PROOFS = 5;

    /**
     * What it works with.
     *
     * @param subject whom the certificate shall name
     * @param channels in order of preference
     * @param proof of a candidate
     * @param timeFloor the trusted time floor
     * @param stranded whether the certificate in use does not get through
     * @param writer runs work on the thread that owns the state directory
     * @param look how often certificates are looked at
     * @param backoff first wait after a failure
     * @param moved told when another certificate is in use
     */
    public record Settings(CertificateRequest.Subject subject, List<EnrolmentChannel> channels, CertificateProof proof,
            Supplier<Instant> timeFloor, BooleanSupplier stranded, Function<Runnable, Future<?>> writer, Duration look,
            Duration backoff, Runnable moved) {

        /** Copies the channels. */
        public Settings {
            channels = List.copyOf(channels);
        }
    }

    private final DeviceIdentity identity;
    private final Settings settings;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile String standing = "waiting";
    private volatile boolean closed;
    private long notBefore = System.nanoTime();
    private int failures;
    private int disproofs;

    private Enrolment(DeviceIdentity identity, Settings settings) {
        this.identity = identity;
        this.settings = settings;
        this.thread = Thread.ofPlatform().name("enrolment").daemon().unstarted(this::run);
    }

    /** Starts looking. */
    public static Enrolment start(DeviceIdentity identity, Settings settings) {
        var enrolment = new Enrolment(identity, settings);
        enrolment.thread.start();
        return enrolment;
    }

    /** What it is doing or why the last attempt failed, for people. */
    public String standing() {
        return standing;
    }

    /** Looks now, whatever the wait: a stick or a link came. */
    public void wake() {
        work.release();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                look();
                if (work.tryAcquire(settings.look().toNanos(), TimeUnit.NANOSECONDS)) {
                    work.drainPermits();
                    notBefore = System.nanoTime();
                }
            } catch (InterruptedException e) {
                return;
            } catch (ExecutionException | RuntimeException e) {
                later(false, String.valueOf(e.getMessage()));
            }
        }
    }

    private void look() throws InterruptedException, ExecutionException {
        if (System.nanoTime() - notBefore < 0) {
            return;
        }
        Optional<CertificatePair> candidate = identity.candidate();
        if (candidate.isPresent()) {
            prove(candidate.get());
        } else if (identity.current().isEmpty()) {
            standing = "asking for the first certificate";
            enrol(identity.claim().token());
        } else if (due(identity.current().get()) || settings.stranded().getAsBoolean()) {
            standing = "asking for a new certificate";
            enrol("");
        } else {
            standing = "enrolled";
        }
    }

    private boolean due(CertificatePair pair) {
        return RenewalRule.due(pair.certificate(), settings.timeFloor().get());
    }

    private void enrol(String token) throws InterruptedException, ExecutionException {
        CertificateRequest request = CertificateRequest.sign(identity.key(), settings.subject(), token);
        List<String> why = new ArrayList<>();
        boolean refused = false;
        for (EnrolmentChannel channel : settings.channels()) {
            try {
                List<X509Certificate> chain = channel.enrol(request);
                write(() -> identity.offer(chain));
                LOG.log(Level.INFO, "certificate received: channel={0}, until={1}", channel.name(),
                        chain.getFirst().getNotAfter().toInstant().toString());
                prove(identity.candidate().orElseThrow());
                return;
            } catch (EnrolmentFailedException e) {
                refused |= e.refused();
                why.add(channel.name() + ": " + e.getMessage());
                LOG.log(Level.DEBUG, "no certificate: channel={0}, {1}", channel.name(), e.getMessage());
            }
            if (closed) {
                throw new InterruptedException();
            }
        }
        later(refused, why.isEmpty() ? "no channel is configured" : String.join("; ", why));
    }

    private void prove(CertificatePair candidate) throws InterruptedException, ExecutionException {
        standing = "proving a new certificate";
        if (settings.proof().holds(candidate)) {
            write(identity::proven);
            failures = 0;
            disproofs = 0;
            standing = "enrolled";
            LOG.log(Level.INFO, "certificate proven: until={0}", candidate.certificate().getNotAfter().toInstant()
                    .toString());
            settings.moved().run();
            return;
        }
        disproofs++;
        if (disproofs >= PROOFS) {
            write(identity::disproven);
            disproofs = 0;
            later(false, "the new certificate does not connect and was dropped: attempts=" + PROOFS);
        } else {
            later(false, "the new certificate does not connect yet");
        }
    }

    private void write(Runnable change) throws InterruptedException, ExecutionException {
        try {
            settings.writer().apply(change).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private void later(boolean refused, String why) {
        failures = Math.min(failures + 1, 30);
        long bound = LONGEST_WAIT.toNanos();
        long wait = refused
                ? bound
                : Math.min(bound, settings.backoff().toNanos() << Math.min(failures - 1, 12));
        notBefore = System.nanoTime() + Math.max(wait, 0);
        String before = standing;
        standing = why;
        if (!why.equals(before)) {
            LOG.log(Level.WARNING, "no certificate yet: {0}", why);
        }
    }
}
