package dev.outpost.engine.prompt;

import dev.outpost.engine.failure.TemplateException;
import dev.outpost.engine.failure.TemplateException.Reason;

/** A failure on its way out of the evaluator, before the line is known. Inside this package only. */
final class TemplateFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    private TemplateFailure(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    static TemplateFailure malformed(String message) {
        return new TemplateFailure(Reason.MALFORMED, message);
    }

    static TemplateFailure failed(String message) {
        return new TemplateFailure(Reason.FAILED, message);
    }

    static TemplateFailure refused(String message) {
        return new TemplateFailure(Reason.REFUSED, message);
    }

    static TemplateFailure limit(String message) {
        return new TemplateFailure(Reason.LIMIT, message);
    }

    TemplateException at(int line) {
        return new TemplateException(reason, getMessage() + ": line=" + line);
    }
}
