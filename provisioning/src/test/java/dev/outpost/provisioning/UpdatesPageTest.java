package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpdatesPageTest {
    @Test
    void showsTheTransitionTableAsItIs() throws IOException {
        List<String> shown = Files.readAllLines(Path.of("..", "docs", "understand", "updates.md")).stream()
                .filter(line -> line.startsWith("| ")).map(line -> line.split("\\|"))
                .filter(cells -> cells.length == 5 && cells[1].strip().matches("[A-Z_]{3,}"))
                .map(cells -> cells[1].strip() + " " + cells[2].strip() + " " + cells[3].strip()).toList();
        List<String> rows = TransitionTable.ROWS.stream().map(row -> row.state() + " " + row.event() + " " + row.next())
                .toList();
        assertEquals(rows, shown);
    }
}
