package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every assertion of the specification that binds an edge node has a case, and every case is one of them. */
class AssertionListTest {

    private static final List<Class<?>> CASES = List.of(PrincipleAssertionsTest.class, TopicAssertionsTest.class,
            SessionAssertionsTest.class, PrimaryHostAssertionsTest.class, CommandAssertionsTest.class,
            PayloadAssertionsTest.class, TemplateAssertionsTest.class, MessageAssertionsTest.class);

    /** One line of the list: id, chapter, and whom it binds. */
    record Line(String id, int chapter, String party) {}

    static List<Line> lines() throws IOException {
        try (var list = AssertionListTest.class.getResourceAsStream("assertions.csv")) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(",")).map(part -> new Line(part[0], Integer.parseInt(part[1]), part[2]))
                    .toList();
        }
    }

    @Test
    void everyAssertionThatBindsAnEdgeNodeHasACase() throws IOException {
        Set<String> wanted = lines().stream().filter(line -> line.party().equals("edge")).map(Line::id)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(wanted, new TreeSet<>(cases().toList()));
    }

    @Test
    void noAssertionHasTwoCases() {
        assertEquals(cases().distinct().count(), cases().count());
    }

    @Test
    void thePageCountsThemByChapter() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "operate", "sparkplug.md"));
        var lines = lines();
        for (int chapter : lines.stream().mapToInt(Line::chapter).distinct().toArray()) {
            var counts = Stream.of("edge", "host", "server").map(party -> lines.stream()
                    .filter(line -> line.chapter() == chapter && line.party().equals(party)).count()).toList();
            String row = "| %d | %d | %d |".formatted(counts.toArray());
            assertTrue(page.lines().anyMatch(line -> line.startsWith("| " + chapter + " ") && line.endsWith(row)),
                    "chapter " + chapter + ": " + row);
        }
        assertTrue(page.contains(lines.size() + " testable assertions"));
    }

    private static Stream<String> cases() {
        return CASES.stream().flatMap(each -> Stream.of(each.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> method.getAnnotation(DisplayName.class).value());
    }
}
