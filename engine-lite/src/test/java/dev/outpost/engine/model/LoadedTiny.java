package dev.outpost.engine.model;

import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.model.llama.Llama;
import dev.outpost.engine.model.qwen.Qwen2;
import dev.outpost.engine.model.qwen.Qwen3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small random model, loaded; one per test. */
final class LoadedTiny implements AutoCloseable {

    static final List<Architecture> KNOWN = List.of(new Llama(), new Qwen2(), new Qwen3());

    final Model model;
    private final Kernels kernels;

    LoadedTiny(Path folder, TinyModel tiny, int threads, IsaLevel cap, KvType kvType) {
        kernels = Kernels.open(threads, cap);
        try (var file = GgufFile.open(write(folder, tiny))) {
            model = ModelReader.read(file, KNOWN).load(
                    new PlanRequest(tiny.context(), 4, kvType, Long.MAX_VALUE, Long.MAX_VALUE, 0), kernels);
        }
    }

    private static Path write(Path folder, TinyModel tiny) {
        var file = folder.resolve(tiny.architecture() + Integer.toHexString(tiny.hashCode()) + ".gguf");
        return Files.exists(file) ? file : tiny.write(file);
    }

    /** Logits of every position of {@code tokens}, fed in steps of {@code step} into {@code slot}. */
    float[][] score(int[] tokens, int step, KvStore slot) {
        var batch = new ForwardBatch(model.shape().maxRows());
        var logits = new float[tokens.length][];
        for (int at = 0; at < tokens.length; at += step) {
            batch.clear();
            for (int i = at; i < Math.min(tokens.length, at + step); i++) {
                batch.add(tokens[i], i, slot, Output.LOGITS);
            }
            model.forward(batch);
            for (int i = 0; i < batch.rows(); i++) {
                logits[at + i] = batch.result(i).clone();
            }
        }
        return logits;
    }

    @Override
    public void close() {
        model.close();
        kernels.close();
    }
}
