package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentFailedException;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One question on {@code cert/req} and its answer on {@code cert/res}; answers to other requests are passed over. */
final class CertificateExchange {
    private static final System.Logger LOG = System.getLogger(CertificateExchange.class.getName());

    private final MqttPort link;
    private final TopicPlan topics;
    private volatile CompletableFuture<CertificateAnswer> answer = new CompletableFuture<>();
    private volatile String expected = "";

    CertificateExchange(MqttPort link, TopicPlan topics) {
        this.link = link;
        this.topics = topics;
        link.subscribe(topics.own("cert/res"), 1, this::arrived);
    }

    /** Publishes again at each connect until the deadline. */
    List<X509Certificate> ask(CertificateRequest request, Duration deadline) throws EnrolmentFailedException {
        var wanted = new CompletableFuture<CertificateAnswer>();
        answer = wanted;
        expected = request.digest().hex();
        var message = MqttOutgoing.of(topics.own("cert/req"), request.der(), 1, false).expiringIn(deadline);
        long end = System.nanoTime() + deadline.toNanos();
        try {
            while (true) {
                link.publish(message);
                long left = end - System.nanoTime();
                long pause = Math.min(Math.max(left, 0), Math.max(deadline.toNanos() / 4, 1));
                try {
                    return chain(wanted.get(pause, TimeUnit.NANOSECONDS));
                } catch (TimeoutException notYet) {
                    if (end - System.nanoTime() <= 0) {
                        throw new EnrolmentFailedException(false, "nobody answered the certificate request: seconds="
                                + deadline.toSeconds() + ", link=" + link.status().lastFailure().orElse("connected"),
                                notYet);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnrolmentFailedException(false, "interrupted", e);
        } catch (ExecutionException e) {
            throw new EnrolmentFailedException(false, "certificate answer was lost", e);
        } finally {
            expected = "";
        }
    }

    private static List<X509Certificate> chain(CertificateAnswer found) throws EnrolmentFailedException {
        if (found.refusal().isPresent()) {
            throw new EnrolmentFailedException(true, "authority refused: " + found.refusal().get(), null);
        }
        return found.chain();
    }

    private void arrived(MqttIncoming message) {
        try {
            CertificateAnswer found = CertificateAnswer.of(message.payload());
            if (found.request().hex().equals(expected)) {
                answer.complete(found);
            }
        } catch (RefusedException e) {
            LOG.log(System.Logger.Level.WARNING, "certificate answer is malformed: {0}", e.getMessage());
        }
    }
}
