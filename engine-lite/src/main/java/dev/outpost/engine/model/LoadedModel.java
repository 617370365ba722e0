package dev.outpost.engine.model;

import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.memory.BlockArena;
import java.util.List;

/** A network with its weights, its slots and one forward pass. */
final class LoadedModel implements Model {

    private final ModelShape shape;
    private final Architecture.Network network;
    private final ForwardPass pass;
    private final BlockArena weights;
    private final BlockArena kv;
    private final List<KvStore> slots;
    private int given;

    LoadedModel(ModelShape shape, Architecture.Network network, ForwardPass pass, BlockArena weights,
            BlockArena kv, List<KvStore> slots) {
        this.shape = shape;
        this.network = network;
        this.pass = pass;
        this.weights = weights;
        this.kv = kv;
        this.slots = slots;
    }

    @Override
    public ModelShape shape() {
        return shape;
    }

    @Override
    public KvStore newKv() {
        if (given == slots.size()) {
            throw new IllegalStateException("no slot is left: parallel=" + slots.size());
        }
        return slots.get(given++);
    }

    @Override
    public void forward(ForwardBatch batch) {
        requireRunnable(batch);
        if (batch.rows() > 0) {
            pass.begin(batch);
            network.forward(pass);
        }
    }

    private void requireRunnable(ForwardBatch batch) {
        if (batch.rows() > shape.maxRows()) {
            throw new IllegalArgumentException(
                    "batch is too large: expected rows <= " + shape.maxRows() + ", found=" + batch.rows());
        }
        for (int i = 0; i < batch.rows(); i++) {
            int token = batch.tokens()[i];
            int position = batch.positions()[i];
            if (token < 0 || token >= shape.vocabulary() || position < 0 || position >= shape.context()) {
                throw new IllegalArgumentException("row out of range: row=" + i + ", token=" + token + ", vocabulary="
                        + shape.vocabulary() + ", position=" + position + ", context=" + shape.context());
            }
        }
    }

    @Override
    public void close() {
        weights.close();
        kv.close();
    }
}
