package dev.outpost.engine.prompt;

import java.util.ArrayList;
import java.util.List;

/** Python's slices of texts (by code point) and lists. */
final class Slices {

    private Slices() {}

    static Object slice(Object target, Object from, Object to, Object by, RenderBudget budget) {
        int step = by == None.NONE ? 1 : Values.index(by);
        if (step == 0) {
            throw TemplateFailure.failed("slice step is zero");
        }
        int size = switch (target) {
            case String text -> PythonText.length(text);
            case List<?> list -> list.size();
            default -> throw TemplateFailure.failed("value cannot be sliced: found=" + Values.type(target));
        };
        int start = from == None.NONE ? step > 0 ? 0 : size - 1 : bound(Values.index(from), size, step);
        int stop = to == None.NONE ? step > 0 ? size : -1 : bound(Values.index(to), size, step);
        if (target instanceof String text) {
            budget.characters(text.length());
            if (step == 1) {
                return start < stop ? PythonText.substring(text, start, stop) : "";
            }
            int[] points = text.codePoints().toArray();
            StringBuilder out = new StringBuilder();
            for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
                out.appendCodePoint(points[(int) i]);
            }
            return out.toString();
        }
        List<Object> list = Values.viewOf((List<?>) target);
        List<Object> out = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            out.add(list.get((int) i));
        }
        budget.elements(out.size());
        return target instanceof Tuple ? new Tuple(out) : out;
    }

    /** Counts from the end where negative, then held within what the direction can reach. */
    private static int bound(int index, int size, int step) {
        long at = index < 0 ? (long) index + size : index;
        return Math.clamp(at, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    }
}
