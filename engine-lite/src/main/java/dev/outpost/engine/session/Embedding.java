package dev.outpost.engine.session;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.schedule.Sequence;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The mean of the hidden states of a text, summed in double in the order of positions. */
final class Embedding extends Sequence {

    private final int[] tokens;
    private final double[] sum;
    private final CompletableFuture<float[]> mean = new CompletableFuture<>();
    private int accepted;

    Embedding(int[] tokens, int hidden, RequestClass requestClass, String client) {
        super(requestClass, client, OptionalLong.empty());
        this.tokens = tokens.clone();
        this.sum = new double[hidden];
    }

    /** Waits for the mean; a caller that is interrupted cancels the work. */
    float[] await() throws InterruptedException {
        try {
            return mean.get();
        } catch (InterruptedException e) {
            cancel();
            throw e;
        } catch (ExecutionException e) {
            throw Outcomes.failure(e);
        }
    }

    @Override
    protected int length() {
        return tokens.length;
    }

    @Override
    protected int token(int position) {
        return tokens[position];
    }

    @Override
    protected Output output(int position) {
        return Output.HIDDEN;
    }

    @Override
    protected boolean reusesPrefix() {
        return false;
    }

    @Override
    protected void begin(int cachedTokens, long queuedNanos) {}

    @Override
    protected boolean accept(int position, float[] hidden) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += hidden[i];
        }
        accepted++;
        return false;
    }

    @Override
    protected boolean finished() {
        return accepted == tokens.length;
    }

    @Override
    protected void completed() {
        float[] result = new float[sum.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (sum[i] / tokens.length);
            if (!Float.isFinite(result[i])) {
                failed(new EngineFaultException("embedding_failed", "component is not finite: index=" + i, null));
                return;
            }
        }
        mean.complete(result);
    }

    @Override
    protected void stopped(FinishReason reason) {
        mean.completeExceptionally(Outcomes.ended());
    }

    @Override
    protected void failed(EngineException cause) {
        mean.completeExceptionally(cause);
    }
}
