package dev.outpost.provisioning.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.provisioning.manifest.RootDocument;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AttackTest {
    private static final TrustFixture FIXTURE = new TrustFixture();
    private static final RootDocument ROOT = FIXTURE.root(1);
    private static final List<Attack> ATTACKS = AttackBook.write(FIXTURE);

    @TestFactory
    Stream<DynamicTest> isRefused() {
        return ATTACKS.stream().map(attack -> DynamicTest.dynamicTest(attack.name(),
                () -> assertEquals(Optional.of(attack.code()), attack.run(ROOT, Checks.all()))));
    }

    @TestFactory
    Stream<DynamicTest> withoutItsCheckExactlyItsAttacksSucceed() {
        return EnumSet.allOf(Check.class).stream().map(check -> DynamicTest.dynamicTest(check.name(), () -> {
            Set<String> expected = ATTACKS.stream().filter(attack -> attack.stoppedBy() == check)
                    .map(Attack::name).collect(Collectors.toCollection(TreeSet::new));
            Set<String> succeeded = ATTACKS.stream()
                    .filter(attack -> attack.run(ROOT, Checks.without(check)).isEmpty()).map(Attack::name)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, succeeded);
        }));
    }

    @Test
    void everyCheckHasAnAttack() {
        Set<Check> attacked = ATTACKS.stream().map(Attack::stoppedBy)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Check.class)));
        assertEquals(EnumSet.allOf(Check.class), attacked);
    }
}
