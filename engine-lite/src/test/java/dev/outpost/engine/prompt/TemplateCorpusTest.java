package dev.outpost.engine.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.engine.failure.TemplateException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Renderings of real templates, character by character the reference implementation's. */
class TemplateCorpusTest {

    private static final TemplateCorpus CORPUS = new TemplateCorpus(JsonFixture.resource("templates/corpus.json"));

    static Stream<String> templates() {
        return StreamSupport.stream(CORPUS.names().spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void rendersAsTheReferenceDoes(String name) {
        ChatTemplate template = CORPUS.template(name);
        for (TemplateCorpus.Case one : CORPUS.cases(name)) {
            if (one.expected().isPresent()) {
                assertEquals(one.expected().get(), CORPUS.render(template, one), one::toString);
            } else {
                TemplateException refused = assertThrows(TemplateException.class, () -> CORPUS.render(template, one),
                        one::toString);
                assertEquals(TemplateException.Reason.REFUSED, refused.reason(), refused.getMessage());
            }
        }
    }
}
