package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.runtime.config.YamlText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Golden questions from a file: a YAML or JSON list of {@code {prompt, expect, maxTokens}}. */
public final class GoldenFile {
    /** Tokens an answer may take unless the file says so. */
    public static final int MAX_TOKENS = 32;
    private static final int MOST = 64;

    private GoldenFile() {}

    /**
     * A question as it stands in the file.
     *
     * @param prompt one user message
     * @param expect what the answer must start with; empty: the model's own answer is recorded
     * @param maxTokens tokens the answer may take
     */
    public record Asked(String prompt, Optional<String> expect, int maxTokens) {
        /** The question with its answer. */
        GoldenQuestion expecting(String answer) {
            return new GoldenQuestion(prompt, answer, maxTokens);
        }
    }

    /** Reads all questions of a file. */
    public static List<Asked> read(Path file) {
        Object content;
        try {
            content = YamlText.read(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalArgumentException e) {
            throw new FleetException(FleetException.Reason.INPUT, file + ": " + e.getMessage(), e);
        }
        if (!(content instanceof List<?> entries) || entries.isEmpty() || entries.size() > MOST) {
            throw wrong(file, 0, "expected a list of 1 to " + MOST + " questions");
        }
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            asked.add(question(file, i, entries.get(i)));
        }
        return asked;
    }

    private static Asked question(Path file, int index, Object entry) {
        if (!(entry instanceof Map<?, ?> members)) {
            throw wrong(file, index, "expected prompt, expect and maxTokens");
        }
        for (Object name : members.keySet()) {
            if (!List.of("prompt", "expect", "maxTokens").contains(name)) {
                throw wrong(file, index, "unknown member: member=" + name);
            }
        }
        if (!(members.get("prompt") instanceof String prompt) || prompt.isBlank()) {
            throw wrong(file, index, "prompt is missing");
        }
        int maxTokens = members.get("maxTokens") instanceof Integer number ? number : MAX_TOKENS;
        Optional<String> expect = Optional.ofNullable(members.get("expect")).map(Object::toString);
        if (maxTokens < 1 || maxTokens > 1024 || prompt.length() > 4096 || expect.filter(String::isBlank).isPresent()) {
            throw wrong(file, index, "expected a prompt of at most 4096 characters, an answer that is not blank and "
                    + "maxTokens from 1 to 1024");
        }
        return new Asked(prompt, expect, maxTokens);
    }

    private static FleetException wrong(Path file, int index, String what) {
        return new FleetException(FleetException.Reason.INPUT, file + ": question=" + index + ": " + what);
    }
}
