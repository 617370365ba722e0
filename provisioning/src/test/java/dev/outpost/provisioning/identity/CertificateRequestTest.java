package dev.outpost.provisioning.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.storage.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateRequestTest {
    private static final CertificateRequest.Subject SUBJECT = new CertificateRequest.Subject("plant-1", "box-7",
            "10000000a1b2c3d4", "raspberry-pi-5");

    @TempDir
    Path folder;

    @Test
    void theJdksOwnToolVerifiesSignatureAndSubject() throws IOException, InterruptedException {
        CertificateRequest request = CertificateRequest.sign(FileKey.openOrCreate(new SimulatedDisk()), SUBJECT,
                "one-time-token");
        String printed = print(request.pem());
        assertTrue(printed.contains("CN=box-7"), printed);
        assertTrue(printed.contains("O=plant-1"), printed);
        assertTrue(printed.contains("OU=raspberry-pi-5"), printed);
        assertTrue(printed.contains("256-bit EC"), printed);
    }

    @Test
    void theJdksOwnToolRefusesARequestWithOneBitChanged() throws IOException, InterruptedException {
        CertificateRequest request = CertificateRequest.sign(FileKey.openOrCreate(new SimulatedDisk()), SUBJECT, "");
        byte[] der = request.der();
        der[40] ^= 1;
        assertFalse(print(new CertificateRequest(der).pem()).contains("CN=box-7"));
    }

    @Test
    void carriesTheTokenAsChallengePasswordAndNoneForARenewal() {
        FileKey key = FileKey.openOrCreate(new SimulatedDisk());
        String oid = HexFormat.of().formatHex(DerWriter.objectIdentifier("1.2.840.113549.1.9.7"));
        String token = HexFormat.of().formatHex("s3cret".getBytes(StandardCharsets.UTF_8));
        String enrolment = HexFormat.of().formatHex(CertificateRequest.sign(key, SUBJECT, "s3cret").der());
        String renewal = HexFormat.of().formatHex(CertificateRequest.sign(key, SUBJECT, "").der());
        assertTrue(enrolment.contains(oid) && enrolment.contains(token));
        assertFalse(renewal.contains(oid));
    }

    @Test
    void derFormsAreThoseOfTheStandard() {
        assertEquals("06062a864886f70d", HexFormat.of().formatHex(DerWriter.objectIdentifier("1.2.840.113549")));
        assertEquals("0603551d0f", HexFormat.of().formatHex(DerWriter.objectIdentifier("2.5.29.15")));
        assertEquals("02020080", HexFormat.of().formatHex(DerWriter.integer(128)));
        assertEquals("020100", HexFormat.of().formatHex(DerWriter.integer(0)));
        assertEquals("a000", HexFormat.of().formatHex(DerWriter.context(0)));
        assertArrayEquals(new byte[]{0x03, 0x02, 0x00, 0x05}, DerWriter.bitString(new byte[]{5}));
        assertEquals("0481" + "80", HexFormat.of().formatHex(DerWriter.element(4, new byte[128])).substring(0, 6));
        assertEquals("04820100", HexFormat.of().formatHex(DerWriter.element(4, new byte[256])).substring(0, 8));
    }

    private String print(String pem) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("request.pem"), pem);
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(tool.toString(), "-J-Duser.language=en", "-printcertreq", "-file",
                file.toString()).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed;
    }
}
