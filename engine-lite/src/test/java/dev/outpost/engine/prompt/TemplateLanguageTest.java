package dev.outpost.engine.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.engine.failure.TemplateException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The language, construct by construct, against the reference implementation. */
class TemplateLanguageTest {

    private static final Map<String, Object> FIXTURE = JsonFixture
            .object(JsonFixture.resource("templates/language.json"));

    static Stream<Object> cases() {
        return JsonFixture.list(FIXTURE.get("cases")).stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void evaluatesAsTheReferenceDoes(Object element) {
        Map<String, Object> one = JsonFixture.object(element);
        String template = (String) one.get("template");
        if (one.containsKey("text")) {
            assertEquals(one.get("text"), render(template), template);
        } else {
            assertThrows(TemplateException.class, () -> render(template), template);
        }
    }

    private static String render(String template) {
        return new JinjaChatTemplate(template, Map.of(), 1 << 16, TemplateCorpus.CLOCK)
                .render(JsonFixture.object(FIXTURE.get("variables")));
    }
}
