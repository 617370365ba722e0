package dev.outpost.runtime;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rooms of the root module: who may see whom, and which room may name which library. */
class LayersTest {

    private static final String ROOT = "dev.outpost.runtime";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(ROOT);

    @Test
    void roomsAreFreeOfCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config", "journal"})
    void theGroundRoomsImportNoOtherRoom(String room) {
        String own = ROOT + "." + room + "..";
        noClasses().that().resideInAPackage(own).should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..")
                        .and(resideOutsideOfPackage(own)))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineAndTheWiringSeeTheCommandLine() {
        noClasses().that().resideInAPackage(ROOT + ".*..").and().resideOutsideOfPackage(ROOT + ".cli..").should()
                .dependOnClassesThat().resideInAnyPackage(ROOT, ROOT + ".cli..").check(CLASSES);
    }

    /** A library that leaks out of its room makes the next one a rewrite. */
    @ParameterizedTest
    @CsvSource({"io.helidon.., http", "org.tinylog.., log", "picocli.., cli", "org.eclipse.paho.., mqtt",
            "org.snakeyaml.., config", "java.sql.., fleet.hub"})
    void aLibraryIsNamedInOneRoom(String library, String room) {
        noClasses().that().resideOutsideOfPackages(ROOT + "." + room + "..", ROOT).should().dependOnClassesThat()
                .resideInAPackage(library).check(CLASSES);
    }

    @Test
    void nativeAccessIsTheNotifySocketsAlone() {
        noClasses().that().doNotHaveFullyQualifiedName(ROOT + ".supervise.SystemdNotify").should()
                .dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.Linker").orShould()
                .dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.SymbolLookup").check(CLASSES);
    }

    @Test
    void theVectorApiIsTheEngines() {
        noClasses().should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..").check(CLASSES);
    }

    @Test
    void theEnvironmentIsReadInOneClass() {
        noClasses().that().doNotHaveFullyQualifiedName(ROOT + ".config.Surroundings").should()
                .callMethod(System.class, "getenv").orShould().callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }
}
