package dev.outpost.engine.kernels.scalar;

import dev.outpost.engine.quant.Q4K;
import dev.outpost.engine.quant.Q4_0;
import dev.outpost.engine.quant.Q4_1;
import dev.outpost.engine.quant.Q5K;
import dev.outpost.engine.quant.Q5_0;
import dev.outpost.engine.quant.Q5_1;
import dev.outpost.engine.quant.Q6K;
import dev.outpost.engine.quant.Q8_0;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;

/** One weight row as the contract sees it: groups of small integers, a scale, and an added minimum where it has one. */
final class WeightGroups {

    private final QuantType type;
    private final MemorySegment row;

    /** @param row the row's blocks in the file's order */
    WeightGroups(QuantType type, MemorySegment row) {
        this.type = type;
        this.row = row;
    }

    /** Weights of a group. */
    static int size(QuantType type) {
        return type == QuantType.Q6_K ? 16 : 32;
    }

    /** The minimum takes part in the sum, even where it is zero. */
    static boolean hasMinimum(QuantType type) {
        return switch (type) {
            case Q4_1, Q5_1, Q4_K, Q5_K -> true;
            default -> false;
        };
    }

    private int groupInBlock(int group) {
        return group % (type.blockSize() / size(type));
    }

    private long block(int group) {
        return (long) (group / (type.blockSize() / size(type))) * type.blockBytes();
    }

    /** The integer of weight {@code index} of a group; signed where the type has a zero point. */
    int quant(int group, int index) {
        long block = block(group);
        int at = groupInBlock(group) * size(type) + index;
        return switch (type) {
            case Q4_0 -> Q4_0.value(row, block, at);
            case Q4_1 -> Q4_1.value(row, block, at);
            case Q5_0 -> Q5_0.value(row, block, at);
            case Q5_1 -> Q5_1.value(row, block, at);
            case Q8_0 -> Q8_0.value(row, block, at);
            case Q4_K -> Q4K.value(row, block, at);
            case Q5_K -> Q5K.value(row, block, at);
            case Q6_K -> Q6K.value(row, block, at);
            default -> throw new IllegalStateException("type has no groups: type=" + type);
        };
    }

    float scale(int group) {
        long block = block(group);
        int inBlock = groupInBlock(group);
        return switch (type) {
            case Q4_0 -> Q4_0.scale(row, block);
            case Q4_1 -> Q4_1.scale(row, block);
            case Q5_0 -> Q5_0.scale(row, block);
            case Q5_1 -> Q5_1.scale(row, block);
            case Q8_0 -> Q8_0.scale(row, block);
            case Q4_K -> Q4K.scale(row, block, inBlock);
            case Q5_K -> Q5K.scale(row, block, inBlock);
            case Q6_K -> Q6K.scale(row, block, inBlock);
            default -> throw new IllegalStateException("type has no groups: type=" + type);
        };
    }

    /** What is added to every weight of the group; K types subtract theirs, so it is negated here. */
    float minimum(int group) {
        long block = block(group);
        int inBlock = groupInBlock(group);
        return switch (type) {
            case Q4_1 -> Q4_1.minimum(row, block);
            case Q5_1 -> Q5_1.minimum(row, block);
            case Q4_K -> -Q4K.minimum(row, block, inBlock);
            case Q5_K -> -Q5K.minimum(row, block, inBlock);
            default -> throw new IllegalStateException("type has no minimum: type=" + type);
        };
    }
}
