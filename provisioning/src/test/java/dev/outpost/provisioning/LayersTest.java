package dev.outpost.provisioning;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.outpost.provisioning");

    @Test
    void isALeafThatNeedsTheJdkAlone() {
        classes().should().onlyDependOnClassesThat().resideInAnyPackage("dev.outpost.provisioning..", "java..",
                "javax.security..").check(MODULE);
        noClasses().should().dependOnClassesThat().resideInAnyPackage("java.net..", "java.net.http..").check(MODULE);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("dev.outpost.provisioning.(*)..").should().beFreeOfCycles().check(MODULE);
    }

    @Test
    void roomsImportOnlyWhatLiesBelowThem() {
        above("failure", "storage", "json", "store", "manifest", "verify", "stage", "activate", "gate", "journal",
                "identity");
        above("storage", "json", "store", "manifest", "verify", "stage", "activate", "gate", "journal", "identity");
        above("json", "store", "manifest", "verify", "stage", "activate", "gate", "journal", "identity");
        above("store", "manifest", "verify", "stage", "activate", "gate", "journal", "identity");
        above("manifest", "verify", "stage", "activate", "gate", "journal", "identity");
        above("verify", "stage", "activate", "gate", "journal", "identity");
        above("stage", "verify", "activate", "gate", "journal", "identity");
        above("activate", "verify", "stage", "gate", "journal", "identity");
        above("gate", "verify", "stage", "activate", "journal", "identity");
    }

    @Test
    void noRoomButTheDiskOpensFiles() {
        noClasses().that().resideOutsideOfPackage("dev.outpost.provisioning.storage").should().dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.nio.channels..").check(MODULE);
    }

    @Test
    void nothingReadsTheWallClock() {
        noClasses().should().callMethod(System.class, "currentTimeMillis").orShould()
                .callMethod(Instant.class, "now").orShould()
                .dependOnClassesThat().haveFullyQualifiedName("java.time.Clock").check(MODULE);
    }

    private static void above(String room, String... forbidden) {
        String[] packages = new String[forbidden.length];
        for (int i = 0; i < packages.length; i++) {
            packages[i] = "dev.outpost.provisioning." + forbidden[i] + "..";
        }
        noClasses().that().resideInAPackage("dev.outpost.provisioning." + room + "..").should().dependOnClassesThat()
                .resideInAnyPackage(packages).check(MODULE);
    }
}
