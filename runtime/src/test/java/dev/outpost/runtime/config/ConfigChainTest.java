package dev.outpost.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigChainTest {

    @TempDir
    Path root;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> flags = new HashMap<>();
    private Optional<ProfileText> profile = Optional.empty();

    @Test
    void everyStationOverridesTheOneBelow() throws IOException {
        profile = Optional.of(new ProfileText("box", "profile:\n  description: x\nengine:\n  parallel: 2\n"));
        assertEquals("2 profile box:4", shown("engine.parallel"));

        write("usr/share/outpost/outpost.yaml", "engine: {parallel: 3}\n");
        assertEquals("3 " + root + "/usr/share/outpost/outpost.yaml:1", shown("engine.parallel"));

        write("etc/outpost/outpost.yaml", "# ours\nengine:\n\n  parallel: 5\n");
        assertEquals("5 " + root + "/etc/outpost/outpost.yaml:4", shown("engine.parallel"));

        write("etc/outpost/conf.d/20-b.yaml", "engine:\n  parallel: 7\n");
        write("etc/outpost/conf.d/10-a.yaml", "engine:\n  parallel: 6\n");
        assertEquals("7 " + root + "/etc/outpost/conf.d/20-b.yaml:2", shown("engine.parallel"));

        environment.put("OUTPOST_ENGINE_PARALLEL", "8");
        assertEquals("8 environment OUTPOST_ENGINE_PARALLEL", shown("engine.parallel"));

        flags.put("engine.parallel", "9");
        assertEquals("9 flag --parallel", shown("engine.parallel"));
        assertEquals(7, resolve().setting("engine.parallel").orElseThrow().overridden().size());
    }

    @Test
    void theNewestFleetConfigurationThatAppliesStandsBetweenFilesAndEnvironment() throws IOException {
        write("etc/outpost/outpost.yaml", "engine: {parallel: 5}\n");
        List<FleetText> fleet = List.of(new FleetText(9, "engine: {parallel: 999}\n"),
                new FleetText(8, "state: {directory: /tmp}\n"), new FleetText(7, "\nengine: {parallel: 7}\n"),
                new FleetText(6, "engine: {parallel: 6}\n"));
        ResolvedConfig resolved = chain().resolve(wanted -> profile, fleet);
        assertEquals("7 fleet configuration 7:2", shown(resolved, "engine.parallel"));
        assertEquals(List.of("fleet configuration 9:1: engine.parallel: expected 1..64, found=999",
                "fleet configuration 8:1: a fleet may not set this: key=state.directory"),
                resolved.passedOver().stream().map(ConfigProblem::toString).toList());

        environment.put("OUTPOST_ENGINE_PARALLEL", "8");
        assertEquals("8 environment OUTPOST_ENGINE_PARALLEL",
                shown(chain().resolve(wanted -> profile, fleet), "engine.parallel"));
    }

    @Test
    void withoutOneThatAppliesTheDeviceKeepsItsOwnWord() throws IOException {
        write("etc/outpost/outpost.yaml", "engine: {parallel: 5}\n");
        var resolved = chain().resolve(wanted -> profile, List.of(new FleetText(9, "{{{")));
        assertEquals(5, resolved.config().engine().parallel());
        assertEquals(1, resolved.passedOver().size());
    }

    @Test
    void everySettingAFleetMaySetExists() {
        assertEquals(List.of(), FleetText.KEYS.stream().filter(key -> SettingTable.byKey(key).isEmpty()).toList());
    }

    @Test
    void carriersAreReadInOrderAndUnknownOnesRefused() {
        flags.put("fleet.carriers", "mqtt, usb");
        assertEquals(List.of("mqtt", "usb"), resolve().config().fleet().carriers());
        flags.put("fleet.carriers", "pigeon");
        assertThrows(ConfigException.class, this::resolve);
    }

    @Test
    void defaultsMakeAUsableTree() {
        RuntimeConfig config = RuntimeConfig.defaults();

        assertEquals("127.0.0.1", config.server().host());
        assertEquals(8484, config.server().port());
        assertEquals(1 << 20, config.server().maxBodyBytes());
        assertEquals(OptionalInt.empty(), config.engine().threads());
        assertEquals(Optional.empty(), config.engine().isa());
        assertEquals(50, config.engine().chunkMillis());
    }

    @Test
    void anUnknownKeyIsAnErrorWithItsLineAndASuggestion() throws IOException {
        write("etc/outpost/outpost.yaml", "server:\n  port: 80\n  hots: 127.0.0.1\n");

        assertEquals(
                List.of(root + "/etc/outpost/outpost.yaml:3: unknown key: key=server.hots; did you mean server.host?"),
                problems());
    }

    @Test
    void allProblemsAreReportedAtOnce() throws IOException {
        write("etc/outpost/outpost.yaml", "server:\n  port: 99999\n  max-body: 3 apples\nlog:\n  level: inof\n");

        assertEquals(List.of(root + "/etc/outpost/outpost.yaml:2: server.port: expected 0..65535, found=99999",
                root + "/etc/outpost/outpost.yaml:3: server.max-body: expected 1KiB..16MiB, found=3 apples",
                root + "/etc/outpost/outpost.yaml:5: log.level: expected error warn info debug, found=inof; did you mean info?"),
                problems());
    }

    @Test
    void aMistypedVariableOfASectionIsAnError() {
        environment.put("OUTPOST_SERVER_PROT", "1");
        environment.put("OUTPOST_SHARED", "elsewhere");

        assertEquals(List.of("environment OUTPOST_SERVER_PROT: unknown key: key=OUTPOST_SERVER_PROT; "
                + "did you mean OUTPOST_SERVER_PORT?"), problems());
    }

    @Test
    void aNamedFileReplacesTheSystemsFiles() throws IOException {
        write("etc/outpost/outpost.yaml", "server: {port: 1}\n");
        write("mine.yaml", "server:\n  idle-timeout: 5m\n");

        var resolved = new ConfigChain(surroundings(), Optional.of(root.resolve("mine.yaml")), flags)
                .resolve(name -> Optional.empty());

        assertEquals(8484, resolved.config().server().port());
        assertEquals(300, resolved.config().server().idleTimeout().toSeconds());
    }

    @Test
    void theWantedProfileMayComeFromAFlag() {
        flags.put("device.profile", "pi");
        var resolved = new ConfigChain(surroundings(), Optional.empty(), flags)
                .resolve(name -> Optional.of(new ProfileText(name, "engine:\n  threads: 3\n")));

        assertEquals("profile pi:2", resolved.setting("engine.threads").orElseThrow().origin().toString());
    }

    @ParameterizedTest
    @CsvSource({"2GiB,2147483648", "512m,536870912", "1.5 GiB,1610612736", "100MB,100000000", "67108864,67108864"})
    void readsSizesWithUnits(String text, long bytes) {
        flags.put("engine.memory-budget", text);

        assertEquals(OptionalLong.of(bytes), resolve().config().engine().memoryBudgetBytes());
    }

    @Test
    void listsComeFromSequencesAndFromCommas() throws IOException {
        write("etc/outpost/outpost.yaml", "server:\n  allowed-hosts: [box.plant, box]\n");
        assertEquals(List.of("box.plant", "box"), resolve().config().server().allowedHosts());

        environment.put("OUTPOST_SERVER_ALLOWED_HOSTS", "a.plant, b.plant");
        assertEquals(List.of("a.plant", "b.plant"), resolve().config().server().allowedHosts());
    }

    @Test
    void theStateDirectoryFollowsTheServiceManager() {
        assertEquals(root.resolve("home/.local/state/outpost"), resolve().config().state().directory());

        environment.put("STATE_DIRECTORY", "/var/lib/outpost:/var/lib/other");
        assertEquals(Path.of("/var/lib/outpost"), resolve().config().state().directory());
    }

    @Test
    void everyDefaultIsWithinItsOwnRange() {
        assertTrue(ConfigChain.defaultsOnly().settings().stream()
                .allMatch(effective -> effective.origin() instanceof Origin.Default));
    }

    private String shown(String key) {
        return shown(resolve(), key);
    }

    private static String shown(ResolvedConfig resolved, String key) {
        Effective effective = resolved.setting(key).orElseThrow();
        return effective.shown() + " " + effective.origin();
    }

    private List<String> problems() {
        return assertThrows(ConfigException.class, this::resolve).problems().stream().map(ConfigProblem::toString)
                .toList();
    }

    private ResolvedConfig resolve() {
        return chain().resolve(name -> profile);
    }

    private ConfigChain chain() {
        return new ConfigChain(surroundings(), Optional.empty(), flags);
    }

    private Surroundings surroundings() {
        return new Surroundings(root, environment, root.resolve("home"), Optional.empty(), Optional.empty());
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }
}
