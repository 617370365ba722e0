package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Another engine's benchmark, called as llama-bench is: {@code -m FILE -p P -n N -t T -r 1 -o json}, answered by a JSON
 * array of objects with {@code n_prompt}, {@code n_gen} and {@code avg_ts}.
 */
final class PeerProgram {

    private final List<String> command;

    /** @param words the program and flags of its own, split at blanks */
    PeerProgram(String words, Path model, int prompt, int answer, int threads) {
        command = new ArrayList<>(List.of(words.strip().split("\\s+")));
        command.addAll(List.of("-m", model.toString(), "-p", Integer.toString(prompt), "-n", Integer.toString(answer),
                "-t", Integer.toString(threads), "-r", "1", "-o", "json"));
    }

    String commandLine() {
        return String.join(" ", command);
    }

    /** Tokens per second by test, such as {@code pp256}; runs the program once. */
    Map<String, Double> run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, "the peer failed: status=" + status + ", command="
                    + commandLine(), "run that command by hand to see why");
        }
        return parse(text);
    }

    static Map<String, Double> parse(String text) throws IOException {
        var speeds = new HashMap<String, Double>();
        try (JsonParser json = JsonText.factory().createParser(text)) {
            int prompt = 0;
            int answer = 0;
            double speed = 0;
            int depth = 0;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                String field = json.currentName();
                if (token.isNumeric() && depth == 2 && field != null) {
                    switch (field) {
                        case "n_prompt" -> prompt = json.getIntValue();
                        case "n_gen" -> answer = json.getIntValue();
                        case "avg_ts" -> speed = json.getDoubleValue();
                        default -> {
                        }
                    }
                }
                if (token == JsonToken.END_OBJECT && depth == 1) {
                    speeds.put(answer == 0 ? "pp" + prompt : "tg" + answer, speed);
                }
            }
        }
        return speeds;
    }
}
