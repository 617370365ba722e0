package dev.outpost.engine.failure;

/** The memory plan of a load does not fit its budget; nothing was allocated. */
public final class BudgetRefusedException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final long neededBytes;
    private final long budgetBytes;

    public BudgetRefusedException(long neededBytes, long budgetBytes, String detail) {
        super("model does not fit the memory budget: neededBytes=" + neededBytes + ", budgetBytes=" + budgetBytes + ": "
                + detail, null);
        this.neededBytes = neededBytes;
        this.budgetBytes = budgetBytes;
    }

    public long neededBytes() {
        return neededBytes;
    }

    public long budgetBytes() {
        return budgetBytes;
    }
}
