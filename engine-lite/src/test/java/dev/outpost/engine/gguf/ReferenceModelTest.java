package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceModelTest {

    @ParameterizedTest
    @EnumSource
    void isTheFileThatTheReferenceRead(ReferenceModel reference) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(reference.model().bytes());
        assertEquals(reference.digest(), HexFormat.of().formatHex(digest));
    }

    @ParameterizedTest
    @EnumSource
    void hasLogitsOfThreeSequences(ReferenceModel reference) {
        var sequences = reference.sequences();
        assertEquals(3, sequences.size());
        for (ReferenceModel.Sequence sequence : sequences) {
            assertEquals(3, sequence.logits().size());
            assertEquals(sequence.tokens().length - 1, sequence.logits().lastKey());
            sequence.logits().values().forEach(row -> assertEquals(reference.model().vocabulary(), row.length));
        }
    }
}
