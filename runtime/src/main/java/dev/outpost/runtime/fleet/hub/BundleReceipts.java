package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.Pem;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonValue.JsonText;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FailureRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.fleet.wire.FailNotice;
import dev.outpost.runtime.fleet.wire.SignedReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads what devices left on a stick: signed reports, failure notices, certificate requests, which are answered there. A
 * stick went through many hands: every word on it is verified, and a bad one does not keep the others from being read.
 */
public final class BundleReceipts {
    private static final String REQUEST = ".request";

    private final FleetDirectory directory;
    private final FleetDatabase database;
    private final CertificateAuthority authority;
    private final EnrolmentDesk desk;
    private final Instant now;

    public BundleReceipts(FleetDirectory directory, FleetDatabase database, Instant now) {
        this.directory = directory;
        this.database = database;
        this.authority = CertificateAuthority.open(directory);
        this.desk = new EnrolmentDesk(authority, directory.settings().site(), database, InstantSource.fixed(now));
        this.now = now;
    }

    /** What a file on the stick was. */
    public enum Kind {
        /** A device's report. */
        REPORT,
        /** A roll-back. */
        FAILURE,
        /** A certificate request that was answered. */
        CERTIFICATE,
        /** Something that was not accepted. */
        REFUSED
    }

    /**
     * One file.
     *
     * @param file its name
     * @param kind what it was
     * @param detail whose it was, or why it was refused
     */
    public record Receipt(String file, Kind kind, String detail) {}

    /** Reads a stick; writes the answers to certificate requests. */
    public List<Receipt> read(Path stick) {
        Path bundle = Bundle.at(stick);
        if (!Files.isDirectory(bundle)) {
            throw new FleetException(FleetException.Reason.UNKNOWN, "no bundle is here: directory=" + bundle);
        }
        List<Receipt> receipts = new ArrayList<>();
        for (Path file : files(bundle.resolve(Bundle.RECEIPTS), ".json")) {
            receipts.add(accepted(file, this::report));
        }
        for (Path file : files(bundle.resolve(Bundle.CERTIFICATES), REQUEST)) {
            receipts.add(accepted(file, this::certificate));
        }
        return receipts;
    }

    /** Takes one file in; throws what is wrong with it. */
    private interface Reading {
        Receipt read(Path file) throws IOException;
    }

    private static Receipt accepted(Path file, Reading reading) {
        String name = file.getFileName().toString();
        try {
            return reading.read(file);
        } catch (RefusedException | IOException e) {
            return new Receipt(name, Kind.REFUSED, e.getMessage());
        } catch (FleetException e) {
            return switch (e.reason()) {
                case UNTRUSTED, UNKNOWN, INPUT -> new Receipt(name, Kind.REFUSED, e.getMessage());
                case NO_FLEET, EXISTS, NO_KEY, LOCKED, GOLDEN, CONFLICT, DATABASE -> throw e;
            };
        }
    }

    private Receipt report(Path file) throws IOException {
        SignedReport report = SignedReport.of(bytes(file));
        String device = said(report.payload());
        DeviceRow known = database.devices().find(device).filter(one -> one.revoked().isEmpty()).orElseThrow(
                () -> new FleetException(FleetException.Reason.UNKNOWN, "device is not known here: device=" + device));
        JsonObject payload = report.verified(List.of(authority.pin()), directory.settings().site(), device);
        if (FailNotice.is(payload)) {
            FailNotice notice = FailNotice.of(payload);
            database.failures().add(new FailureRow(notice.release(), device, notice.profile(), notice.line(),
                    notice.counter(), notice.outcome(), notice.detail(), now));
            return new Receipt(file.getFileName().toString(), Kind.FAILURE, device);
        }
        byte[] content = JsonWriter.canonical(payload);
        RolloutDesk.report(content).orElseThrow(
                () -> new FleetException(FleetException.Reason.UNTRUSTED, "neither a report nor a notice"));
        // A stick is slower than a link: what came by the link since must not be overwritten.
        boolean newer = known.reported().filter(at -> at.isAfter(modified(file))).isEmpty();
        if (newer) {
            database.devices().reported(device, content, now);
        }
        return new Receipt(file.getFileName().toString(), Kind.REPORT, device + (newer ? "" : " (older than known)"));
    }

    private Receipt certificate(Path file) throws IOException {
        byte[] content = bytes(file);
        List<byte[]> pem = Pem.read("CERTIFICATE REQUEST", content);
        CertificateAnswer answer = desk.answer(pem.isEmpty() ? content : pem.getFirst(), Optional.empty());
        if (answer.refusal().isPresent()) {
            return new Receipt(file.getFileName().toString(), Kind.REFUSED, answer.refusal().get());
        }
        String device = file.getFileName().toString().substring(0,
                file.getFileName().toString().length() - REQUEST.length());
        Bundle.put(file.resolveSibling(device + ".chain"),
                CertificateAuthority.text(answer.chain()).getBytes(StandardCharsets.US_ASCII));
        Files.delete(file);
        return new Receipt(file.getFileName().toString(), Kind.CERTIFICATE, device);
    }

    private static String said(JsonObject payload) {
        JsonValue device = payload.members().get("device");
        if (device instanceof JsonText(String text)) {
            return text;
        }
        throw new FleetException(FleetException.Reason.UNTRUSTED, "report names no device");
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(SignedReport.MAX_BYTES + 1);
        }
    }

    private static List<Path> files(Path directory, String ending) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(ending)
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
