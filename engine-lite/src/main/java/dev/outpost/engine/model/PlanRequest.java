package dev.outpost.engine.model;

import dev.outpost.engine.kernels.KvType;

/**
 * What a memory plan is asked for.
 *
 * @param context tokens of one request
 * @param parallel requests at once
 * @param kvType storage of keys and values
 * @param budgetBytes what the process may take in all
 * @param heapBytes maximal heap
 * @param jvmBytes the JVM outside its heap
 */
public record PlanRequest(int context, int parallel, KvType kvType, long budgetBytes, long heapBytes, long jvmBytes) {}
