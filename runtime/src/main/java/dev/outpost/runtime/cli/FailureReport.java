package dev.outpost.runtime.cli;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.TemplateException;
import dev.outpost.provisioning.failure.StorageFaultException;
import dev.outpost.runtime.config.ConfigException;
import dev.outpost.runtime.control.ControlException;
import dev.outpost.runtime.fleet.hub.FleetException;
import dev.outpost.runtime.fleet.hub.database.FleetDatabaseException;
import dev.outpost.runtime.http.ApiStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;

/**
 * What a failure means on the command line.
 *
 * @param fact one line, or one per problem
 * @param next what to do about it; empty where nothing can be said
 */
record FailureReport(ExitStatus status, String fact, String next) {

    static FailureReport of(Throwable failure) {
        return switch (failure) {
            case CommandFailure known -> new FailureReport(known.status(), known.getMessage(), known.next());
            case ConfigException config -> new FailureReport(ExitStatus.CONFIG, config.getMessage(),
                    "`outpost config explain KEY` shows a key's range and where its value comes from");
            case ApiStartException start -> ofStart(start);
            case EngineException engine -> ofEngine(engine);
            case ControlException state -> new FailureReport(status(state.reason()), state.getMessage(), state.next());
            case StorageFaultException disk -> new FailureReport(ExitStatus.IO, disk.getMessage(),
                    "look at the disk that holds the state directory, then start again");
            case FleetException fleet -> ofFleet(fleet);
            case FleetDatabaseException database -> new FailureReport(ExitStatus.UNAVAILABLE, database.getMessage(),
                    "`outpost fleet watch --once` says whether the database answers");
            case UncheckedIOException io -> of(io.getCause());
            case AccessDeniedException denied -> new FailureReport(ExitStatus.NO_PERMISSION,
                    "permission denied: path=" + denied.getMessage(), "run it as a user that may use this path");
            case IOException io -> new FailureReport(ExitStatus.IO, io.toString(), "");
            default -> new FailureReport(ExitStatus.INTERNAL, "internal fault: " + failure,
                    "please report it with the output of `outpost version`");
        };
    }

    private static ExitStatus status(ControlException.Reason reason) {
        return switch (reason) {
            case TAKEN -> ExitStatus.UNAVAILABLE;
            case REFUSED -> ExitStatus.DATA;
            case UNKNOWN -> ExitStatus.NO_INPUT;
            case FAILED -> ExitStatus.IO;
        };
    }

    private static FailureReport ofEngine(EngineException failure) {
        String fact = failure.getMessage();
        return switch (failure) {
            case ModelRejectedException ignored -> new FailureReport(ExitStatus.DATA, fact,
                    "the file cannot be run as it is; `outpost show FILE` lists what it holds");
            case BudgetRefusedException ignored -> new FailureReport(ExitStatus.UNAVAILABLE, fact,
                    "`outpost show FILE` prints the plan; lower --context or --parallel, or raise --memory-budget");
            case RequestRefusedException ignored -> new FailureReport(ExitStatus.DATA, fact,
                    "raise --context, or shorten the input");
            case TemplateException ignored -> new FailureReport(ExitStatus.DATA, fact,
                    "`outpost run --raw` sends the prompt without the chat template");
            case EngineFaultException fault when fault.code().equals("vector_unavailable") -> new FailureReport(
                    ExitStatus.CONFIG, fact, "name a full Java 25 by OUTPOST_JAVA=/path/to/java");
            case EngineFaultException ignored -> new FailureReport(ExitStatus.INTERNAL, fact,
                    "please report it with the output of `outpost version`");
        };
    }

    private static FailureReport ofFleet(FleetException failure) {
        String fact = failure.getMessage();
        return switch (failure.reason()) {
            case NO_FLEET -> new FailureReport(ExitStatus.NO_INPUT, fact,
                    "name the fleet's directory: --dir DIR; `outpost fleet init DIR --site NAME` makes one");
            case EXISTS -> new FailureReport(ExitStatus.CANNOT_CREATE, fact, "choose another name or place");
            case NO_KEY -> new FailureReport(ExitStatus.NO_INPUT, fact,
                    "put in the stick with the keys and name it: --keys DIR");
            case LOCKED -> new FailureReport(ExitStatus.NO_PERMISSION, fact,
                    "give the file that holds the passphrase: --passphrase-file FILE");
            case UNKNOWN -> new FailureReport(ExitStatus.DATA, fact,
                    "`outpost fleet watch --once` lists devices, `outpost fleet releases` releases");
            case INPUT -> new FailureReport(ExitStatus.DATA, fact, "");
            case GOLDEN -> new FailureReport(ExitStatus.DATA, fact,
                    "nothing was signed; `outpost run MODEL --temperature 0 PROMPT` shows the whole answer");
            case CONFLICT -> new FailureReport(ExitStatus.RETRY, fact,
                    "`outpost fleet watch --once` shows what is going on; then try again");
            case DATABASE ->
                new FailureReport(ExitStatus.UNAVAILABLE, fact, "start the database, or name it: --database");
            case UNTRUSTED -> new FailureReport(ExitStatus.DATA, fact, "");
        };
    }

    private static FailureReport ofStart(ApiStartException failure) {
        return switch (failure.reason()) {
            case PORT_TAKEN -> new FailureReport(ExitStatus.UNAVAILABLE, failure.getMessage(),
                    "stop the other process, or choose another port: --port N (0: any free one)");
            case ADDRESS_REFUSED -> new FailureReport(ExitStatus.CONFIG, failure.getMessage(),
                    "listen on 127.0.0.1, and put a proxy that checks its clients in front");
            case ADDRESS_UNKNOWN -> new FailureReport(ExitStatus.CONFIG, failure.getMessage(),
                    "give an address of this machine: --host 127.0.0.1");
        };
    }
}
