package dev.outpost.engine.kernels.vector;

import static dev.outpost.engine.kernels.vector.Lanes.FLOATS;

import dev.outpost.engine.kernels.Exponential;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Exponential#of} lane by lane, in the same steps. */
final class VectorExponential {

    private VectorExponential() {}

    static FloatVector of(FloatVector x) {
        FloatVector clamped = x.min(Exponential.HIGHEST);
        FloatVector rounded = clamped.fma(FloatVector.broadcast(FLOATS, Exponential.LOG2_E),
                FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
        FloatVector n = rounded.sub(Exponential.ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW),
                n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH), clamped));
        FloatVector p = FloatVector.broadcast(FLOATS, Exponential.C7);
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C6));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C5));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C4));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C3));
        p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C2));
        FloatVector mantissa = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(Exponential.ONE_BITS);
        FloatVector power = mantissa.mul(exponent.reinterpretAsFloats());
        return power.blend(0f, x.compare(VectorOperators.LT, Exponential.LOWEST));
    }
}
