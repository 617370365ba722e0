package dev.outpost.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The profiles that ship with this module, one resource file each. */
public final class ProfileCatalogue {

    private static final List<String> NAMES = List.of("arm64-generic", "jetson-agx-orin", "jetson-orin-nano",
            "raspberry-pi-4", "raspberry-pi-5", "x86-64-generic");

    private final List<BoardProfile> profiles;

    public ProfileCatalogue() {
        profiles = NAMES.stream().map(ProfileCatalogue::read).toList();
    }

    public List<BoardProfile> profiles() {
        return profiles;
    }

    public Optional<BoardProfile> byName(String name) {
        return profiles.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /**
     * The profile whose board name fits longest, else the generic one of the architecture; empty for an architecture
     * without one.
     */
    public Optional<ProfileMatch> nearest(DeviceProfile device) {
        record Fit(BoardProfile profile, String board) {}
        Optional<Fit> board = profiles.stream()
                .flatMap(profile -> profile.boards().stream().map(name -> new Fit(profile, name)))
                .filter(fit -> device.board().orElse("").startsWith(fit.board))
                .max(Comparator.comparingInt(fit -> fit.board.length()));
        if (board.isPresent()) {
            return Optional.of(new ProfileMatch(board.get().profile,
                    "board=\"" + device.board().orElseThrow() + "\""));
        }
        String architecture = device.cpu().architecture();
        return profiles.stream()
                .filter(profile -> profile.boards().isEmpty() && profile.architecture().equals(architecture))
                .findFirst().map(profile -> new ProfileMatch(profile, "no profile for this board: architecture="
                        + architecture + device.board().map(name -> ", board=\"" + name + "\"").orElse("")));
    }

    private static BoardProfile read(String name) {
        String yaml = text("profiles/" + name + ".yaml");
        var document = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
        var self = (Map<?, ?>) document.get("profile");
        var boards = (List<?>) self.get("boards");
        return new BoardProfile(name, self.get("description").toString(),
                boards.stream().map(Object::toString).toList(), self.get("architecture").toString(), yaml);
    }

    private static String text(String resource) {
        try (InputStream in = ProfileCatalogue.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource is missing: name=" + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
