package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Proves a certificate at the broker: the connection counts once CONNECT was accepted. */
public final class LinkProof implements CertificateProof {
    private final Function<CertificatePair, LinkSettings> settings;
    private final Duration deadline;

    /** @param settings of a connection with a pair, under a client id of its own */
    public LinkProof(Function<CertificatePair, LinkSettings> settings, Duration deadline) {
        this.settings = settings;
        this.deadline = deadline;
    }

    @Override
    public boolean holds(CertificatePair pair) {
        LinkSettings link = settings.apply(pair);
        var connected = new CountDownLatch(1);
        try (var gateway = new MqttGateway(List.of(link), new SecureRandom())) {
            gateway.link(link.name()).orElseThrow().onConnected(connected::countDown);
            gateway.start();
            return connected.await(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
