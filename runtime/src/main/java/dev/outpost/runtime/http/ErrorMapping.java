package dev.outpost.runtime.http;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.TemplateException;
import dev.outpost.runtime.admission.AdmissionRefusedException;
import dev.outpost.runtime.request.InferenceRefusedException;
import java.util.Map;

/** The only place where a failure becomes a status code. */
final class ErrorMapping {

    private final int retryAfterSeconds;

    /** @param retryAfterSeconds 1 to 8: openai-java clamps any longer wait */
    ErrorMapping(int retryAfterSeconds) {
        this.retryAfterSeconds = Math.clamp(retryAfterSeconds, 1, 8);
    }

    ApiError of(RuntimeException failure) {
        return switch (failure) {
            case ApiException api -> api.error();
            case InferenceRefusedException refused -> inference(refused);
            case AdmissionRefusedException refused -> admission(refused);
            case EngineException engine -> engine(engine);
            default -> ApiError.engineFault("unexpected failure: type=" + failure.getClass().getSimpleName());
        };
    }

    private static ApiError inference(InferenceRefusedException refused) {
        return switch (refused.reason()) {
            case CONTEXT_LENGTH_EXCEEDED ->
                ApiError.contextExceeded(refused.parameter(), refused.getMessage(), refused.figures());
            case INVALID_VALUE -> ApiError.invalidValue(refused.parameter(), refused.getMessage());
            case UNSUPPORTED_VALUE -> ApiError.unsupported(refused.parameter(), refused.getMessage());
        };
    }

    private ApiError admission(AdmissionRefusedException refused) {
        return switch (refused.reason()) {
            case QUEUE_FULL, CLIENT_SHARE_FULL -> ApiError.queueFull(refused.getMessage(), retryAfterSeconds);
            case DRAINING -> ApiError.unavailable("draining", refused.getMessage());
        };
    }

    private ApiError engine(EngineException failure) {
        return switch (failure) {
            case RequestRefusedException refused -> switch (refused.reason()) {
                case CONTEXT_LENGTH_EXCEEDED ->
                    ApiError.contextExceeded(refused.parameter(), refused.getMessage(), Map.of());
                case QUEUE_FULL -> ApiError.queueFull(refused.getMessage(), retryAfterSeconds);
                case INVALID_VALUE -> ApiError.invalidValue(refused.parameter(), refused.getMessage());
                case DRAINING -> ApiError.unavailable("draining", refused.getMessage());
            };
            case TemplateException template -> ApiError.invalidValue("messages", template.getMessage());
            case EngineFaultException fault -> ApiError.engineFault(fault.getMessage());
            case ModelRejectedException _,BudgetRefusedException _ -> ApiError.engineFault(failure.getMessage());
        };
    }
}
