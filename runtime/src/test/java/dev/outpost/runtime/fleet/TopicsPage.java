package dev.outpost.runtime.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Blocks of {@code docs/reference/fleet-topics.md} that tests use as they stand there. */
public final class TopicsPage {

    private static final Path PAGE = Path.of("..", "docs", "reference", "fleet-topics.md");

    private TopicsPage() {}

    /** Mosquitto's access list for those with a certificate, for a site. */
    public static String acl(String site) {
        return block("```acl\n").replace("plant-1", site);
    }

    /** The same for those without. */
    public static String enrolmentAcl(String site) {
        return block("```acl-enrolment\n").replace("plant-1", site);
    }

    private static String block(String fence) {
        try {
            String page = Files.readString(PAGE);
            int from = page.indexOf(fence) + fence.length();
            return page.substring(from, page.indexOf("```", from));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
