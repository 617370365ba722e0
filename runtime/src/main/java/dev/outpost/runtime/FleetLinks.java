package dev.outpost.runtime;

import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.Claim;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.fleet.enrol.BrokerAddress;
import dev.outpost.runtime.fleet.enrol.TlsMaterial;
import dev.outpost.runtime.mqtt.LinkCredentials;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.PaceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** From settings and claim to the links of this device. */
final class FleetLinks {

    static final String FLEET = "fleet";
    static final String SITE = "site";
    /** In a claim: a listener that takes certificate requests of devices without a certificate. */
    private static final String ENROL = "enrol";
    private static final int MOST_PASSWORD = 4 << 10;

    private final RuntimeConfig config;
    private final Optional<Claim> claim;
    private final String device;
    private final TlsMaterial tls;
    private final Supplier<Optional<CertificatePair>> pair;

    /** @param pair the certificate in use, asked for each connection */
    FleetLinks(RuntimeConfig config, Optional<Claim> claim, String device, TlsMaterial tls,
            Supplier<Optional<CertificatePair>> pair) {
        this.config = config;
        this.claim = claim;
        this.device = device;
        this.tls = tls;
        this.pair = pair;
    }

    /** Where a link's broker is: the setting, else the claim's word. */
    Optional<BrokerAddress> address(String name) {
        Optional<String> set = name.equals(SITE) ? config.siteLink().url() : config.fleetLink().url();
        return set.or(() -> claim.flatMap(known -> Optional.ofNullable(known.links().get(name))))
                .map(BrokerAddress::of);
    }

    /** The link under its name. */
    Optional<LinkSettings> link(String name) {
        RuntimeConfig.Link own = name.equals(SITE) ? config.siteLink() : config.fleetLink();
        String client = name.equals(FLEET) ? device : device + "-" + name;
        return address(name).map(at -> credentials(settings(name, at, client, own, pair), own));
    }

    /** A connection that proves a certificate, beside the link itself. */
    LinkSettings proof(CertificatePair candidate) {
        return credentials(settings("proof", address(FLEET).orElseThrow(), device + "-proof", config.fleetLink(),
                () -> Optional.of(candidate)), config.fleetLink());
    }

    /**
     * A connection to ask for a certificate: with the one in use while the broker takes it, else at the listener that the
     * claim names for devices without one, as user {@code site/device} with the claim's token as password.
     */
    Optional<LinkSettings> enrolment(boolean certified) {
        Optional<BrokerAddress> at = certified
                ? address(FLEET)
                : claim.flatMap(known -> Optional.ofNullable(known.links().get(ENROL))).map(BrokerAddress::of)
                        .or(() -> address(FLEET));
        return at.map(address -> {
            LinkSettings base = settings(ENROL, address, device + "-enrol", config.fleetLink(),
                    certified ? pair : Optional::empty);
            return certified || claim.isEmpty() || config.fleetLink().username().isPresent()
                    ? credentials(base, config.fleetLink())
                    : base.withCredentials(() -> new LinkCredentials(claim.get().site() + "/" + device,
                            claim.get().token().getBytes(StandardCharsets.UTF_8)));
        });
    }

    private LinkSettings settings(String name, BrokerAddress at, String client, RuntimeConfig.Link own,
            Supplier<Optional<CertificatePair>> presented) {
        Duration stable = own.stableAfter();
        LinkSettings plain = LinkSettings.of(name, at.host(), at.port(), client)
                .withDeadlines(own.keepAlive(), own.connectDeadline(), own.publishDeadline())
                .withPace(new PaceSettings(own.backoffFirst(), own.backoffMost(), stable, own.connectsPerMinute()))
                .withBytesPerSecond(own.bytesPerSecond());
        return at.tls() ? plain.withTls(() -> tls.context(presented.get())) : plain;
    }

    private static LinkSettings credentials(LinkSettings link, RuntimeConfig.Link own) {
        return own.username().map(user -> link.withCredentials(
                () -> new LinkCredentials(user, own.passwordFile().map(FleetLinks::firstLine).orElse(new byte[0]))))
                .orElse(link);
    }

    private static byte[] firstLine(Path file) {
        try (var in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MOST_PASSWORD), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "password file cannot be read: " + e.getMessage(), "");
        }
    }
}
