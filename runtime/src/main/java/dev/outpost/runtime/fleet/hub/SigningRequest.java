package dev.outpost.runtime.fleet.hub;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/**
 * A device's certificate request (PKCS#10, RFC 2986), taken apart strictly: a key on P-256, who it names, the claim's
 * token, and proof that whoever asks has the private half.
 *
 * @param site O of the subject
 * @param device CN of the subject
 * @param key the key to certify
 * @param token challengePassword (RFC 2985); absent in a renewal
 */
record SigningRequest(String site, String device, ECPublicKey key, Optional<String> token) {
    static final String COMMON_NAME = "2.5.4.3";
    static final String ORGANISATION = "2.5.4.10";
    static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";
    private static final int LIMIT = 16 << 10;

    /** Reads a request; refuses one that its own key has not signed. */
    static SigningRequest of(byte[] der) {
        if (der.length > LIMIT) {
            throw refused("request is too long: bytes=" + der.length + ", limit=" + LIMIT);
        }
        DerReader outer = DerReader.of(der);
        DerReader request = outer.enter(DerReader.SEQUENCE);
        outer.end();
        byte[] signed = request.raw(DerReader.SEQUENCE);
        DerReader algorithm = request.enter(DerReader.SEQUENCE);
        if (!algorithm.objectIdentifier().equals(ECDSA_WITH_SHA256)) {
            throw refused("request is not signed with ECDSA and SHA-256");
        }
        algorithm.end();
        byte[] signature = request.bitString();
        request.end();
        SigningRequest read = body(DerReader.of(signed).enter(DerReader.SEQUENCE));
        if (!verifies(read.key(), signed, signature)) {
            throw refused("request is not signed by the key it names");
        }
        return read;
    }

    private static SigningRequest body(DerReader body) {
        if (body.integer().signum() != 0) {
            throw refused("request is of an unknown version");
        }
        String site = "";
        String device = "";
        DerReader name = body.enter(DerReader.SEQUENCE);
        while (name.more()) {
            DerReader part = name.enter(DerReader.SET);
            DerReader attribute = part.enter(DerReader.SEQUENCE);
            part.end();
            switch (attribute.objectIdentifier()) {
                case ORGANISATION -> site = once(site, attribute.text());
                case COMMON_NAME -> device = once(device, attribute.text());
                default -> attribute.text();
            }
            attribute.end();
        }
        ECPublicKey key = key(body.raw(DerReader.SEQUENCE));
        Optional<String> token = attributes(body.enter(DerReader.CONTEXT_0));
        body.end();
        return new SigningRequest(site, device, key, token);
    }

    private static Optional<String> attributes(DerReader attributes) {
        Optional<String> token = Optional.empty();
        while (attributes.more()) {
            DerReader attribute = attributes.enter(DerReader.SEQUENCE);
            if (attribute.objectIdentifier().equals(CHALLENGE_PASSWORD) && token.isEmpty()) {
                DerReader values = attribute.enter(DerReader.SET);
                token = Optional.of(values.text());
                values.end();
            } else {
                attribute.content(DerReader.SET);
            }
            attribute.end();
        }
        return token;
    }

    private static String once(String before, String text) {
        if (!before.isEmpty()) {
            throw refused("request names its subject twice");
        }
        return text;
    }

    private static ECPublicKey key(byte[] encoded) {
        try {
            var key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec expected = curve.getParameterSpec(ECParameterSpec.class);
            if (!key.getParams().getCurve().equals(expected.getCurve())
                    || !key.getParams().getGenerator().equals(expected.getGenerator())) {
                throw refused("key is not on P-256");
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw refused("key is not an EC key");
        }
    }

    private static boolean verifies(ECPublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("SHA256withECDSA");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    private static FleetException refused(String what) {
        return new FleetException(FleetException.Reason.UNTRUSTED, what);
    }
}
