package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.DocumentSigner;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.manifest.VerificationKey.Algorithm;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** On what a document is made of, and on who signed it. */
final class DocumentAttacks {
    private final AttackBook book;

    DocumentAttacks(AttackBook book) {
        this.book = book;
    }

    void write() {
        onForm();
        onSignatures();
    }

    private void onForm() {
        JsonObject payload = TrustFixture.fleet(1, TrustFixture.release(1)).toJson();
        byte[] padded = pad(book.fleetOne, SignedDocument.MAX_BYTES + 1);
        book.offersFleet("endless data: a document above 64 KiB", Check.SIZE, Refusal.DOCUMENT_TOO_LARGE, padded);
        byte[] spaced = new String(book.fleetOne, StandardCharsets.UTF_8).replaceFirst(":", ": ")
                .getBytes(StandardCharsets.UTF_8);
        book.offersFleet("same signature over other bytes: blanks added", Check.CANONICAL_FORM, Refusal.NOT_CANONICAL,
                spaced);
        book.offersFleet("extraneous member in a signed document", Check.NOTHING_UNREAD, Refusal.UNKNOWN_MEMBER,
                book.fixture.signed(payload.with("runAlso", "rm -rf /"), Role.FLEET));
        book.offersFleet("format downgrade: an older format version", Check.DOCUMENT_TYPE, Refusal.WRONG_DOCUMENT_TYPE,
                book.fixture.signed(payload.with("type", "outpost/fleet/0"), Role.FLEET));
        book.offersFleet("unsigned document", Check.SIGNED, Refusal.TOO_FEW_SIGNATURES,
                new SignedDocument(payload, List.of()).encode());
    }

    /** Pads with signatures of unknown keys: canonical, well signed by the real key, only too long. */
    private byte[] pad(byte[] document, int bytes) {
        SignedDocument envelope = new DocumentReading(Checks.all()).envelope(document,
                DocumentType.FLEET);
        List<SignedDocument.Signature> signatures = new ArrayList<>(envelope.signatures());
        while (new SignedDocument(envelope.payload(), signatures).encode().length < bytes) {
            signatures.add(new SignedDocument.Signature(ContentDigest.of(new byte[]{(byte) signatures.size()}),
                    new byte[6000]));
        }
        return new SignedDocument(envelope.payload(), signatures).encode();
    }

    private void onSignatures() {
        ReleaseManifest release = TrustFixture.release(1);
        JsonObject payload = release.toJson();
        SignedDocument good = DocumentSigner.sign(payload, book.fixture.keys(Role.RELEASE, 3));
        book.offersRelease("arbitrary software: content changed after signing", Check.SIGNATURE_VALUE,
                Refusal.TOO_FEW_SIGNATURES, new SignedDocument(payload.with("title", "Press assistent"),
                        good.signatures()).encode());
        book.offersRelease("bit flip in each signature", Check.SIGNATURE_VALUE, Refusal.TOO_FEW_SIGNATURES,
                flipped(good));
        List<SignedDocument.Signature> forged = new ArrayList<>();
        for (DocumentSigner real : book.fixture.keys(Role.RELEASE, 3)) {
            SignedDocument.Signature other = DocumentSigner
                    .sign(payload, TrustFixture.single(real.algorithm())).signatures().getFirst();
            forged.add(new SignedDocument.Signature(real.id(), other.bytes()));
        }
        book.offersRelease("wrong key: the attacker's signatures under the real key ids", Check.SIGNATURE_VALUE,
                Refusal.TOO_FEW_SIGNATURES, new SignedDocument(payload, forged).encode());
        book.offersRelease("wrong role: a release signed by the stolen online fleet keys", Check.SIGNER_OF_ROLE,
                Refusal.TOO_FEW_SIGNATURES, DocumentSigner.sign(payload, book.fixture.keys(Role.FLEET, 3)).encode());
        book.offersRelease("below threshold: two of three release signers", Check.THRESHOLD, Refusal.TOO_FEW_SIGNATURES,
                DocumentSigner.sign(payload, book.fixture.keys(Role.RELEASE, 2)).encode());
        DocumentSigner third = book.fixture.signers.get(Role.RELEASE).get(2).getFirst();
        book.offersRelease("one stolen key signs three times", Check.SIGNER_COUNTED_ONCE, Refusal.TOO_FEW_SIGNATURES,
                DocumentSigner.sign(payload, List.of(third, third, third)).encode());
        List<DocumentSigner> classicalRoots = book.fixture.keys(Role.ROOT, 2).stream()
                .filter(key -> key.algorithm() == Algorithm.ED25519).toList();
        book.followsRoot("scheme downgrade: a root signed with Ed25519 alone", Check.EVERY_KEY_OF_SIGNER,
                Refusal.TOO_FEW_SIGNATURES,
                DocumentSigner.sign(book.fixture.root(2).toJson(), classicalRoots).encode());
    }

    private static byte[] flipped(SignedDocument good) {
        List<SignedDocument.Signature> signatures = new ArrayList<>();
        for (SignedDocument.Signature signature : good.signatures()) {
            byte[] bytes = signature.bytes();
            bytes[10] ^= 1;
            signatures.add(new SignedDocument.Signature(signature.key(), bytes));
        }
        return new SignedDocument(good.payload(), signatures).encode();
    }
}
