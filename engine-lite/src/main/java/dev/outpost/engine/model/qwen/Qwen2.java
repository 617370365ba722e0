package dev.outpost.engine.model.qwen;

import dev.outpost.engine.model.Architecture;
import dev.outpost.engine.model.Configuration;
import dev.outpost.engine.model.ForwardPass;
import dev.outpost.engine.model.HyperParameters;
import dev.outpost.engine.model.WeightMatrix;
import dev.outpost.engine.model.WeightTable;
import dev.outpost.engine.model.WeightVector;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Qwen 2 and 2.5 (arXiv 2407.10671): as Llama, with a bias on queries, keys and values; the two dimensions of a rotary
 * pair are half a head apart.
 */
public final class Qwen2 implements Architecture {

    @Override
    public String name() {
        return "qwen2";
    }

    @Override
    public Network describe(HyperParameters file, WeightTable weights) {
        var configuration = Configuration.read(file);
        return new Decoder(configuration, Weights.named(configuration, weights));
    }

    private record Decoder(Configuration configuration, Weights weights) implements Network {

        @Override
        public void forward(ForwardPass pass) {
            pass.embed(weights.embedding);
            for (int l = 0; l < configuration.layers(); l++) {
                var layer = weights.layers.get(l);
                pass.norm(layer.attentionNorm);
                pass.project(l, layer.query, layer.key, layer.value);
                pass.addBias(layer.queryBias, layer.keyBias, layer.valueBias);
                pass.rotate(ForwardPass.Pairs.HALVES);
                pass.attend(l, layer.attentionOutput);
                pass.norm(layer.feedForwardNorm);
                pass.swiglu(layer.gate, layer.up, layer.down);
            }
            pass.answer(weights.outputNorm, weights.output);
        }
    }

    private record Weights(WeightMatrix embedding, List<Layer> layers, WeightVector outputNorm, WeightMatrix output) {

        static Weights named(Configuration c, WeightTable weights) {
            var embedding = weights.matrix("token_embd.weight", c.vocabulary(), c.hidden());
            return new Weights(embedding,
                    IntStream.range(0, c.layers()).mapToObj(l -> Layer.named(l, c, weights)).toList(),
                    weights.vector("output_norm.weight", c.hidden()),
                    weights.matrixOr("output.weight", embedding, c.vocabulary(), c.hidden()));
        }
    }

    private record Layer(WeightVector attentionNorm, WeightMatrix query, WeightVector queryBias, WeightMatrix key,
            WeightVector keyBias, WeightMatrix value, WeightVector valueBias, WeightMatrix attentionOutput,
            WeightVector feedForwardNorm, WeightMatrix gate, WeightMatrix up, WeightMatrix down) {

        static Layer named(int l, Configuration c, WeightTable weights) {
            return new Layer(weights.vector(WeightTable.layer(l, "attn_norm.weight"), c.hidden()),
                    weights.matrix(WeightTable.layer(l, "attn_q.weight"), c.queryWidth(), c.hidden()),
                    weights.vector(WeightTable.layer(l, "attn_q.bias"), c.queryWidth()),
                    weights.matrix(WeightTable.layer(l, "attn_k.weight"), c.kvWidth(), c.hidden()),
                    weights.vector(WeightTable.layer(l, "attn_k.bias"), c.kvWidth()),
                    weights.matrix(WeightTable.layer(l, "attn_v.weight"), c.kvWidth(), c.hidden()),
                    weights.vector(WeightTable.layer(l, "attn_v.bias"), c.kvWidth()),
                    weights.matrix(WeightTable.layer(l, "attn_output.weight"), c.hidden(), c.queryWidth()),
                    weights.vector(WeightTable.layer(l, "ffn_norm.weight"), c.hidden()),
                    weights.matrix(WeightTable.layer(l, "ffn_gate.weight"), c.feedForward(), c.hidden()),
                    weights.matrix(WeightTable.layer(l, "ffn_up.weight"), c.feedForward(), c.hidden()),
                    weights.matrix(WeightTable.layer(l, "ffn_down.weight"), c.hidden(), c.feedForward()));
        }
    }
}
