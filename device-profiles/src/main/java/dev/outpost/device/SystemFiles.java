package dev.outpost.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Small text files of procfs and sysfs under one root. What cannot be read is absent: kernels differ. */
record SystemFiles(Path root) {

    private static final int MOST_BYTES = 1 << 20;

    Optional<String> text(String path) {
        try (var in = Files.newInputStream(root.resolve(path))) {
            // procfs files have no size, and device-tree strings end with NUL
            String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).replace("\0", "").strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    OptionalLong number(String path) {
        return text(path).map(SystemFiles::parse).orElse(OptionalLong.empty());
    }

    /** The value of a line {@code name: value unit} or {@code name value}. */
    Optional<String> field(String path, String name) {
        return text(path).flatMap(text -> text.lines()
                .filter(line -> line.startsWith(name) && line.length() > name.length()
                        && " \t:".indexOf(line.charAt(name.length())) >= 0)
                .map(line -> line.substring(name.length()).replaceFirst("^[\\s:]+", "").strip()).findFirst());
    }

    List<String> names(String directory) {
        var names = new ArrayList<String>();
        try (var entries = Files.newDirectoryStream(root.resolve(directory))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (IOException absent) {
            return List.of();
        }
        names.sort(null);
        return names;
    }

    static OptionalLong parse(String text) {
        return text.matches("-?\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** Counts a kernel list such as {@code 0-3,8}. */
    static int countList(String list) {
        int count = 0;
        for (String range : list.split(",")) {
            String[] ends = range.strip().split("-");
            OptionalLong first = parse(ends[0]);
            OptionalLong last = parse(ends[ends.length - 1]);
            if (first.isPresent() && last.isPresent() && last.getAsLong() >= first.getAsLong()) {
                count += (int) (last.getAsLong() - first.getAsLong() + 1);
            }
        }
        return count;
    }
}
