package dev.outpost.engine;

import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.KvType;
import java.util.OptionalLong;

/**
 * How a model is loaded. {@link #DEFAULTS} and the {@code with…} methods make one.
 *
 * @param threads worker threads of the kernels, the scheduler's own included; 1 to 256
 * @param context tokens of one request, prompt and answer; at least 1, lowered to what the model was trained with and
 *            to what the budget leaves
 * @param parallel requests that run at once (slots); 1 to 256, lowered where the budget asks for it
 * @param memoryBudgetBytes what the process may take in all; empty: what the operating system calls available
 * @param kvType how keys and values are stored
 * @param isaCap highest instruction set the kernels may use; a cap only lowers
 * @param chunkMillis longest time a chunk of prompt may hold up others, in milliseconds; 1 to 10000
 * @param queueLimit waiting requests per class before more are refused; 1 to 65536
 * @param heapBytes maximal Java heap; a model whose arrays do not fit in it is refused
 * @param jvmBytes what the plan counts for the JVM outside the heap: metaspace, code cache, stacks, mapped archive
 */
public record EngineOptions(int threads, int context, int parallel, OptionalLong memoryBudgetBytes, KvType kvType,
        IsaLevel isaCap, int chunkMillis, int queueLimit, long heapBytes, long jvmBytes) {

    /** Measured: a serving process holds 80 MiB outside heap and model when ready, 95 MiB after use, AOT cache mapped. */
    private static final long JVM_BYTES = 92L << 20;

    /** All cores, 4096 tokens, 4 slots, F16 keys and values, the best tier, the heap as the JVM was started. */
    public static final EngineOptions DEFAULTS = new EngineOptions(Runtime.getRuntime().availableProcessors(), 4096, 4,
            OptionalLong.empty(), KvType.F16, IsaLevel.values()[IsaLevel.values().length - 1], 50, 16,
            Runtime.getRuntime().maxMemory(), JVM_BYTES);

    public EngineOptions {
        check("threads", threads, 1, 256);
        check("context", context, 1, 1 << 24);
        check("parallel", parallel, 1, 256);
        check("chunkMillis", chunkMillis, 1, 10_000);
        check("queueLimit", queueLimit, 1, 65_536);
        check("heapBytes", heapBytes, 0, Long.MAX_VALUE);
        check("jvmBytes", jvmBytes, 0, Long.MAX_VALUE);
        if (memoryBudgetBytes.isPresent()) {
            check("memoryBudgetBytes", memoryBudgetBytes.getAsLong(), 1, Long.MAX_VALUE);
        }
    }

    public EngineOptions withThreads(int value) {
        return new EngineOptions(value, context, parallel, memoryBudgetBytes, kvType, isaCap, chunkMillis, queueLimit,
                heapBytes, jvmBytes);
    }

    public EngineOptions withContext(int value) {
        return new EngineOptions(threads, value, parallel, memoryBudgetBytes, kvType, isaCap, chunkMillis, queueLimit,
                heapBytes, jvmBytes);
    }

    public EngineOptions withParallel(int value) {
        return new EngineOptions(threads, context, value, memoryBudgetBytes, kvType, isaCap, chunkMillis, queueLimit,
                heapBytes, jvmBytes);
    }

    public EngineOptions withMemoryBudgetBytes(long value) {
        return new EngineOptions(threads, context, parallel, OptionalLong.of(value), kvType, isaCap, chunkMillis,
                queueLimit, heapBytes, jvmBytes);
    }

    public EngineOptions withKvType(KvType value) {
        return new EngineOptions(threads, context, parallel, memoryBudgetBytes, value, isaCap, chunkMillis, queueLimit,
                heapBytes, jvmBytes);
    }

    public EngineOptions withIsaCap(IsaLevel value) {
        return new EngineOptions(threads, context, parallel, memoryBudgetBytes, kvType, value, chunkMillis, queueLimit,
                heapBytes, jvmBytes);
    }

    public EngineOptions withChunkMillis(int value) {
        return new EngineOptions(threads, context, parallel, memoryBudgetBytes, kvType, isaCap, value, queueLimit,
                heapBytes, jvmBytes);
    }

    public EngineOptions withQueueLimit(int value) {
        return new EngineOptions(threads, context, parallel, memoryBudgetBytes, kvType, isaCap, chunkMillis, value,
                heapBytes, jvmBytes);
    }

    public EngineOptions withHeapBytes(long value) {
        return new EngineOptions(threads, context, parallel, memoryBudgetBytes, kvType, isaCap, chunkMillis, queueLimit,
                value, jvmBytes);
    }

    public EngineOptions withJvmBytes(long value) {
        return new EngineOptions(threads, context, parallel, memoryBudgetBytes, kvType, isaCap, chunkMillis, queueLimit,
                heapBytes, value);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " out of range: expected " + least + ".." + most + ", found=" + value);
        }
    }
}
