package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentChannel;
import dev.outpost.provisioning.identity.EnrolmentFailedException;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Enrols over a broker, on a connection that lives as long as the question. */
public final class MqttEnrolment implements EnrolmentChannel {
    private final Supplier<LinkSettings> settings;
    private final TopicPlan topics;
    private final Duration deadline;

    /**
     * @param settings of the connection, asked for each enrolment: with the device's certificate where it has one, else
     *     with server TLS alone and the claim's token as password
     * @param deadline for connection and answer together
     */
    public MqttEnrolment(Supplier<LinkSettings> settings, TopicPlan topics, Duration deadline) {
        this.settings = settings;
        this.topics = topics;
        this.deadline = deadline;
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public List<X509Certificate> enrol(CertificateRequest request) throws EnrolmentFailedException {
        LinkSettings link = settings.get();
        try (var gateway = new MqttGateway(List.of(link), new SecureRandom())) {
            var exchange = new CertificateExchange(gateway.link(link.name()).orElseThrow(), topics);
            gateway.start();
            return exchange.ask(request, deadline);
        }
    }
}
