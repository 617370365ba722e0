package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentChannel;
import dev.outpost.provisioning.identity.EnrolmentFailedException;
import dev.outpost.provisioning.identity.Pem;
import dev.outpost.runtime.fleet.carrier.UsbCarrier;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Enrols by a stick that somebody carries: the request is put there as {@code outpost-bundle/certificates/DEVICE.request} (PEM), the
 * answer is found as {@code DEVICE.chain} beside it (PEM, the device's certificate first) the next time.
 */
public final class UsbEnrolment implements EnrolmentChannel {
    private static final String DIRECTORY = UsbCarrier.BUNDLE + "/certificates";
    private static final int MOST_BYTES = 64 << 10;

    private final Path stick;
    private final String device;
    private final PublicKey key;
    private final Supplier<Optional<X509Certificate>> current;

    /**
     * @param stick where a stick appears; it need not be there
     * @param key the device's: an answer for another key is not ours
     * @param current the certificate in use: an answer that holds it is an old one
     */
    public UsbEnrolment(Path stick, String device, PublicKey key, Supplier<Optional<X509Certificate>> current) {
        this.stick = stick;
        this.device = device;
        this.key = key;
        this.current = current;
    }

    @Override
    public String name() {
        return "usb";
    }

    @Override
    public List<X509Certificate> enrol(CertificateRequest request) throws EnrolmentFailedException {
        if (!Files.isDirectory(stick)) {
            throw new EnrolmentFailedException(false, "no stick is there: directory=" + stick, null);
        }
        try {
            Optional<List<X509Certificate>> answer = answer();
            if (answer.isPresent()) {
                return answer.get();
            }
            write(request);
        } catch (IOException | CertificateException | RefusedException e) {
            throw new EnrolmentFailedException(false, "stick cannot be used: " + e.getMessage(), e);
        }
        throw new EnrolmentFailedException(false, "request is on the stick, its answer is not yet: file=" + DIRECTORY
                + "/" + device + ".request", null);
    }

    private Optional<List<X509Certificate>> answer() throws IOException, CertificateException {
        Path file = stick.resolve(DIRECTORY).resolve(device + ".chain");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        byte[] pem;
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            pem = in.readNBytes(MOST_BYTES);
        }
        var chain = new ArrayList<X509Certificate>();
        var factory = CertificateFactory.getInstance("X.509");
        for (byte[] der : Pem.read("CERTIFICATE", pem)) {
            chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
        }
        boolean ours = !chain.isEmpty() && chain.getFirst().getPublicKey().equals(key)
                && current.get().filter(chain.getFirst()::equals).isEmpty();
        return ours ? Optional.of(chain) : Optional.empty();
    }

    private void write(CertificateRequest request) throws IOException {
        Path directory = stick.resolve(DIRECTORY);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("no such directory: name=" + directory);
        }
        Path temporary = Files.createTempFile(directory, device, ".tmp");
        Files.writeString(temporary, request.pem());
        Files.move(temporary, directory.resolve(device + ".request"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
