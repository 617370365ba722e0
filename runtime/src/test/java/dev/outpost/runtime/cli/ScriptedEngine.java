package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.ModelCard;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.prompt.ChatTemplate;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;

/** An engine of four letters that answers "ab" to everything and remembers what it was asked. */
final class ScriptedEngine implements Engine {

    static final float[] LOGITS = {0f, 1f, 2f, 3f};
    static final String LETTERS = "<abc";

    final List<GenerationRequest> asked = new ArrayList<>();
    boolean closed;

    @Override
    public ModelCard card() {
        return new ModelCard("scripted", "llama", "Q4_1", 10, 1, 4, 4, 64, 8, 100);
    }

    @Override
    public MemoryPlan plan() {
        return new MemoryPlan(1, 2, 3, 4, 5, 100, 8, 1, List.of());
    }

    @Override
    public IsaLevel tier() {
        return IsaLevel.SCALAR;
    }

    @Override
    public Tokenizer tokenizer() {
        return new Letters();
    }

    @Override
    public Optional<ChatTemplate> chatTemplate() {
        return Optional.of((messages, tools, prompt, extra) -> "<" + messages.getLast().content());
    }

    @Override
    public Generation generate(GenerationRequest request) {
        asked.add(request);
        Queue<GenerationEvent> events = new ArrayDeque<>();
        events.add(new GenerationEvent.Token(1, "a", Float.NaN, List.of()));
        events.add(new GenerationEvent.Finished(FinishReason.STOP, "b",
                new GenerationEvent.Usage(request.prompt().length, 0, request.maxTokens() == 1 ? 1 : 11, 0,
                        500_000_000L,
                        1_000_000_000L)));
        return new Generation() {
            @Override
            public GenerationEvent take() {
                return events.remove();
            }

            @Override
            public Optional<GenerationEvent> poll(Duration timeout) {
                return Optional.of(events.remove());
            }

            @Override
            public void cancel() {
                events.clear();
            }
        };
    }

    @Override
    public float[] embed(int[] tokens, RequestClass requestClass, String client) {
        return new float[4];
    }

    @Override
    public void score(int[] tokens, LogitsSink sink) {
        for (int i = 0; i < tokens.length; i++) {
            sink.accept(i, LOGITS.clone());
        }
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void drain() {
        closed = false;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** One token a letter; {@code <} begins a sequence. */
    private static final class Letters implements Tokenizer {
        @Override
        public int vocabulary() {
            return LETTERS.length();
        }

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            return text.chars().map(LETTERS::indexOf).filter(id -> id >= (parseSpecial ? 0 : 1)).toArray();
        }

        @Override
        public int[] encodePrompt(String text, boolean parseSpecial) {
            int[] plain = encode(text, parseSpecial);
            int[] begun = Arrays.copyOf(new int[1], plain.length + 1);
            System.arraycopy(plain, 0, begun, 1, plain.length);
            return begun;
        }

        @Override
        public byte[] bytes(int id, boolean showSpecial) {
            return new byte[]{(byte) LETTERS.charAt(id)};
        }

        @Override
        public String decode(int[] ids, boolean showSpecial) {
            return Arrays.toString(ids);
        }

        @Override
        public boolean isEndOfGeneration(int id) {
            return false;
        }

        @Override
        public OptionalInt beginOfSequence() {
            return OptionalInt.of(0);
        }

        @Override
        public OptionalInt endOfSequence() {
            return OptionalInt.empty();
        }

        @Override
        public String piece(int id) {
            return LETTERS.substring(id, id + 1);
        }
    }
}
