package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.CertificateAuthority;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost fleet certificate}: a key and certificate for the broker, a hub or another program of the site. */
@Command(name = "certificate", description = "Make a key and certificate for a server or client of the site.")
final class FleetCertificateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @ArgGroup(multiplicity = "1")
    private Whose whose;

    @Mixin
    private FleetPlace place;

    FleetCertificateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A server or a client. */
    private static final class Whose {
        @Option(names = "--server", paramLabel = "HOST", arity = "1..*", description = "Names and addresses the broker or hub answers "
                + "to.")
        private List<String> hosts = List.of();

        @Option(names = "--client", paramLabel = "NAME", description = "A program that connects to the broker.")
        private String client;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        boolean server = whose.client == null;
        String name = (server ? whose.hosts.getFirst() : whose.client);
        String file = name.replaceAll("[^A-Za-z0-9.-]", "_");
        if (file.equals("ca") || file.startsWith(".")) {
            throw new CommandFailure(ExitStatus.USAGE, "not a name for a certificate: name=" + name, "");
        }
        X509Certificate issued = CertificateAuthority.open(directory).issueOwn(file,
                server ? whose.hosts : List.of(name), server, Instant.now());
        Path certificates = directory.authorityCertificate().getParent();
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("chain", certificates.resolve(file + ".pem").toString());
                out.writeStringField("key", certificates.resolve(file + "-key.pem").toString());
                out.writeStringField("authority", directory.authorityCertificate().toString());
                out.writeStringField("revoked", certificates.resolve("revoked.crl").toString());
                out.writeStringField("expires", issued.getNotAfter().toInstant().toString());
                out.writeEndObject();
            }));
        } else {
            terminal.out().println("chain:     " + certificates.resolve(file + ".pem"));
            terminal.out().println("key:       " + certificates.resolve(file + "-key.pem"));
            terminal.out().println("authority: " + directory.authorityCertificate());
            terminal.out().println("revoked:   " + certificates.resolve("revoked.crl"));
            terminal.out().println("expires:   " + issued.getNotAfter().toInstant());
        }
        return ExitStatus.OK.code();
    }
}
