package dev.outpost.device;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Facts about boards: no engine, no transport, no logging library. */
class LayersTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.outpost.device");

    @Test
    void theLeafKnowsNoOtherModuleAndNoCarrier() {
        noClasses().should()
                .dependOnClassesThat(not(resideInAnyPackage("java..", "dev.outpost.device..", "org.snakeyaml..")
                        .or(describe("primitive", type -> type.getPackageName().isEmpty()))))
                .check(CLASSES);
    }

    @Test
    void roomsAreFreeOfCycles() {
        slices().matching("dev.outpost.device.(*)..").should().beFreeOfCycles().allowEmptyShould(true).check(CLASSES);
    }

    @Test
    void memoryIsTheJvms() {
        noClasses().should().dependOnClassesThat().resideInAPackage("java.lang.foreign").orShould()
                .dependOnClassesThat().resideInAPackage("jdk.incubator.vector").check(CLASSES);
    }

    @Test
    void theLeafSpeaksNoHttp() {
        noClasses().should().dependOnClassesThat().resideInAPackage("java.net.http..").check(CLASSES);
    }
}
