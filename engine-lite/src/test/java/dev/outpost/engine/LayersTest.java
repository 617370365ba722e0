package dev.outpost.engine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The order of the engine's rooms, and what the engine as a leaf may know. */
class LayersTest {

    private static final String ROOT = "dev.outpost.engine";

    /** Each room imports only rooms to its right; a room includes its sub-packages. */
    private static final List<String> ROOMS = List.of("session", "schedule", "draft", "sampling", "grammar", "prompt",
            "tokenizer", "model", "kernels", "pack", "gguf", "quant", "tensor", "memory", "telemetry", "failure");

    /** The words of a request travel down to the scheduler; its records, enums and interfaces say nothing else. */
    private static final Set<String> ROOMS_THAT_SPEAK_OF_REQUESTS = Set.of("session", "schedule");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(ROOT);

    static List<String> rooms() {
        return ROOMS;
    }

    private static String packages(String room) {
        return ROOT + "." + room + "..";
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomImportsOnlyRoomsToItsRight(String room) {
        String[] left = ROOMS.subList(0, ROOMS.indexOf(room)).stream().map(LayersTest::packages)
                .toArray(String[]::new);
        noClasses().that().resideInAPackage(packages(room)).should().dependOnClassesThat().resideInAnyPackage(left)
                .allowEmptyShould(true).check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomDoesNotKnowTheDoor(String room) {
        DescribedPredicate<JavaClass> door = resideInAPackage(ROOT);
        if (ROOMS_THAT_SPEAK_OF_REQUESTS.contains(room)) {
            door = door.and(not(JavaClass.Predicates.INTERFACES)).and(not(JavaClass.Predicates.ENUMS))
                    .and(not(JavaClass.Predicates.RECORDS));
        }
        noClasses().that().resideInAPackage(packages(room)).should().dependOnClassesThat(door).allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyPackageIsARoomOfTheOrder() {
        Set<String> unknown = CLASSES.stream().map(JavaClass::getPackageName).filter(name -> !name.equals(ROOT))
                .filter(name -> !ROOMS.contains(name.substring(ROOT.length() + 1).split("\\.")[0]))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), unknown);
    }

    @Test
    void theEngineKnowsTheJdkAndItself() {
        noClasses().should()
                .dependOnClassesThat(
                        not(resideInAnyPackage("java..", "jdk.jfr..", "jdk.incubator.vector..", ROOT + "..")
                                .or(DescribedPredicate.describe("primitive", type -> type.getPackageName().isEmpty()))))
                .check(CLASSES);
    }

    @Test
    void theVectorApiStaysInItsPackage() {
        noClasses().that().resideOutsideOfPackage(ROOT + ".kernels.vector..").should().dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..").check(CLASSES);
    }

    @Test
    void nothingIsPrintedOrReadFromTheEnvironment() {
        noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err").orShould()
                .callMethod(System.class, "getenv").orShould().callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }

    @Test
    void theLeafSpeaksNoHttp() {
        noClasses().should().dependOnClassesThat().resideInAPackage("java.net.http..").check(CLASSES);
    }
}
