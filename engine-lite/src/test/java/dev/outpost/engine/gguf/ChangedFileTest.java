package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.pack.PackedMatrix;
import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is cut or written under the reader: a refusal that can be caught, in a process that lives on. */
class ChangedFileTest {

    /** Past a page of any common size, so that a cut takes whole pages away. */
    private static final int ROWS = 4096;

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void write() {
        path = new GgufWriter().strings("words", Collections.nCopies(20_000, "a word of some length"))
                .tensor("a.weight", new float[64 * ROWS], 64, ROWS).write(folder.resolve("model.gguf"));
    }

    private void cutTo(long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    private static void assertChanged(Runnable read) {
        assertEquals("file_changed", assertThrows(ModelRejectedException.class, read::run).code());
    }

    @Test
    void metadataOfACutFileIsRefused() throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            cutTo(0);
            assertChanged(() -> file.metadata().strings("words"));
            assertChanged(() -> file.metadata().value("words"));
        }
    }

    @Test
    void aMappedTensorOfACutFileIsRefused() throws IOException {
        try (GgufFile file = GgufFile.open(path); Arena arena = Arena.ofConfined()) {
            TensorEntry tensor = file.tensors().getFirst();
            MemorySegment bytes = file.map(tensor, arena);
            float[] values = new float[64 * ROWS];
            MappedRead.guard("a.weight", () -> decode(bytes, values));
            cutTo(tensor.offset());
            assertChanged(() -> MappedRead.guard("a.weight", () -> decode(bytes, values)));
        }
    }

    @Test
    void packingATensorOfACutFileIsRefused() throws IOException {
        try (GgufFile file = GgufFile.open(path); Arena arena = Arena.ofConfined()) {
            TensorEntry tensor = file.tensors().getFirst();
            MemorySegment bytes = file.map(tensor, arena);
            cutTo(tensor.offset() + tensor.bytes() / 2);
            assertChanged(() -> MappedRead.guard("a.weight",
                    () -> PackedMatrix.pack("a.weight", tensor.type(), tensor.rows(), tensor.columns(), bytes, arena)));
        }
    }

    private static float[] decode(MemorySegment bytes, float[] values) {
        QuantType.F32.decode(bytes, 0, values, 0, values.length);
        return values;
    }

    @Test
    void tensorsOfACutFileAreNotMapped() throws IOException {
        try (GgufFile file = GgufFile.open(path); Arena arena = Arena.ofConfined()) {
            cutTo(file.fileBytes() - 1);
            assertChanged(() -> file.map(file.tensors().getFirst(), arena));
        }
    }

    @Test
    void aFileWrittenMeanwhileIsRefused() throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            file.verifyUnchanged();
            Files.setLastModifiedTime(path, java.nio.file.attribute.FileTime.fromMillis(1));
            assertChanged(file::verifyUnchanged);
        }
    }

    @Test
    void aFileReplacedMeanwhileIsRefused() throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            Files.delete(path);
            assertChanged(file::verifyUnchanged);
        }
    }

    @Test
    void closingTwiceDoesNothing() {
        GgufFile file = GgufFile.open(path);
        file.close();
        file.close();
        LeftOpen.assertNothingOf(path);
    }
}
