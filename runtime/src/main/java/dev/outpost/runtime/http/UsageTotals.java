package dev.outpost.runtime.http;

import dev.outpost.engine.GenerationEvent.Usage;
import java.util.List;

/** Token counts over all choices: a prompt counts once, whatever its number of choices. */
record UsageTotals(int promptTokens, int cachedTokens, int completionTokens) {

    static UsageTotals of(List<ChoiceText> choices, int choicesPerPrompt) {
        int prompt = 0;
        int cached = 0;
        int completion = 0;
        for (int choice = 0; choice < choices.size(); choice++) {
            Usage usage = choices.get(choice).usage();
            completion += usage.completionTokens();
            if (choice % choicesPerPrompt == 0) {
                prompt += usage.promptTokens();
                cached += usage.cachedTokens();
            }
        }
        return new UsageTotals(prompt, cached, completion);
    }

    void write(JsonWriter json) {
        json.object("usage", () -> {
            json.member("prompt_tokens", promptTokens);
            json.member("completion_tokens", completionTokens);
            json.member("total_tokens", promptTokens + completionTokens);
            json.object("prompt_tokens_details", () -> json.member("cached_tokens", cachedTokens));
        });
    }
}
