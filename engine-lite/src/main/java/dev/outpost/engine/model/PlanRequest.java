package dev.outpost.engine.model;

import dev.outpost.engine.kernels.KvType;

/**
 * What a memory plan is asked for.
 *
 * @param context tokens of one request
 * @param parallel requests at once
 * @param kvType storage of keys and values
 * @param budgetBytes what the process may take in all
 * @param heapBytes maximal Java heap, a bound; the plan counts what is needed of it
 * @param jvmBytes the JVM outside its heap
 */
public record PlanRequest(int context, int parallel, KvType kvType, long budgetBytes, long heapBytes, long jvmBytes) {}
