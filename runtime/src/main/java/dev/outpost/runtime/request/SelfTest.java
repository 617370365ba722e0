package dev.outpost.runtime.request;

import dev.outpost.engine.Engine;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.sampling.SamplingOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One greedy token: proof that the loaded model answers. */
public final class SelfTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private SelfTest() {}

    /** @throws dev.outpost.engine.failure.EngineException if no token comes */
    public static void run(Engine engine) throws InterruptedException {
        int first = engine.tokenizer().beginOfSequence().orElse(0);
        var request = new GenerationRequest(new int[]{first}, 1, SamplingOptions.GREEDY, List.of(), -1, true,
                RequestClass.ALARM, "self-test", OptionalLong.of(System.nanoTime() + LIMIT.toNanos()));
        boolean sampled = false;
        try (Generation generation = engine.generate(request)) {
            while (true) {
                Optional<GenerationEvent> event = generation.poll(LIMIT);
                switch (event.orElseThrow(SelfTest::silent)) {
                    case GenerationEvent.Token _ -> sampled = true;
                    case GenerationEvent.Failed failed -> throw failed.cause();
                    case GenerationEvent.Finished _ -> {
                        if (!sampled) {
                            throw silent();
                        }
                        return;
                    }
                }
            }
        }
    }

    private static EngineFaultException silent() {
        return new EngineFaultException("self_test_failed", "no token within " + LIMIT.toSeconds() + " s", null);
    }
}
