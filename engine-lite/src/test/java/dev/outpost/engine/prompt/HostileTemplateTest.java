package dev.outpost.engine.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.TemplateException;
import dev.outpost.engine.failure.TemplateException.Reason;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A21: templates are hostile until shown otherwise. */
class HostileTemplateTest {

    private static final int CHARACTERS = 4 * 8192;
    private static final double SECONDS = 0.25;

    private static String render(String template) {
        return ChatTemplate.of(template, Map.of("bos_token", "<s>"), CHARACTERS, TemplateCorpus.CLOCK)
                .render(List.of(Message.of("user", "Hello")), List.of(), true, Map.of());
    }

    /** The first rendering of a process loads classes; a server renders once at start. */
    @BeforeAll
    static void warmUp() {
        render("{% for i in range(20000) %}{% set x = i ~ 'a' | upper %}{% endfor %}");
    }

    private static TemplateException fails(String template, Reason reason) {
        var threads = ManagementFactory.getThreadMXBean();
        TemplateException failure = null;
        double best = Double.MAX_VALUE;
        // The better of two, for the compiler's threads take from the first on a small machine.
        for (int round = 0; round < 2; round++) {
            long from = threads.getCurrentThreadCpuTime();
            failure = assertThrows(TemplateException.class, () -> render(template), template);
            best = Math.min(best, (threads.getCurrentThreadCpuTime() - from) / 1e9);
        }
        double seconds = best;
        assertEquals(reason, failure.reason(), failure.getMessage());
        assertTrue(seconds < SECONDS, () -> "took " + seconds + " s: " + template);
        return failure;
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
            "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% set x = a * b * c %}"
                    + "{% endfor %}{% endfor %}{% endfor %}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(90) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}",
            "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}"
                    + "{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
            "{% for i in range(100000) %}{% for j in (range(100000) | list) | sort %}{% endfor %}{% endfor %}",
            "{{ range(90000) | map('string') | list | unique | list | length }}",
            "{% set s = 'a' * 30000 %}{% for i in range(100000) %}{% set t = s | replace('a', 'b') %}{% endfor %}",
            "{% set s = 'a ' * 15000 %}{% for i in range(100000) %}{% set t = s.split() %}{% endfor %}",
            "{% set s = 'a' * 30000 %}{% for i in range(100000) %}{% set t = s in s %}{% endfor %}",
            "{% set l = range(90000) %}{% for i in range(100000) %}{% set t = -1 in l %}{% endfor %}"})
    void endsWhatTakesTooManySteps(String template) {
        fails(template, Reason.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% for i in range(10**9) %}x{% endfor %}", "{{ range(1000000000) | list }}",
            "{{ range(-2000000000, 2000000000) }}", "{{ range(0, 200001, 2) | length }}"})
    void capsRanges(String template) {
        fails(template, Reason.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% for i in range(100000) %}xxxxxxxxxx{% endfor %}", "{{ 'x' * 1000000000 }}",
            "{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
            "{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
            "{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s | replace('x', 'xx') %}{% endfor %}",
            "{{ 'a' | center(999999999) }}", "{{ 'x'.ljust(2000000000) }}", "{{ '1'.zfill(2000000000) }}",
            "{% set x %}{% for i in range(100000) %}xxxxxxxxxx{% endfor %}{% endset %}",
            "{% macro m() %}{% for i in range(100000) %}xxxxxxxxxx{% endfor %}{% endmacro %}{% set x = m() %}",
            "{{ (['x' * 30000] * 10) | join }}", "{{ ['x' * 30000, 'y' * 30000] | tojson }}",
            "{{ 'x\\nx\\nx' | indent('y' * 30000) }}"})
    void capsText(String template) {
        fails(template, Reason.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
            "{% macro a(n) %}{{ b(n) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% endmacro %}{{ a(0) }}",
            "{% set x = [[1]] %}{% for i in x recursive %}{{ loop(x) }}{% endfor %}",
            "{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}"})
    void capsRecursion(String template) {
        fails(template, Reason.LIMIT);
    }

    @Test
    void capsNestingOfTheText() {
        fails("{{ " + "(".repeat(500) + "1" + ")".repeat(500) + " }}", Reason.LIMIT);
        fails("{{ " + "[".repeat(100_000) + "]".repeat(100_000) + " }}", Reason.LIMIT);
        fails("{% if true %}".repeat(100) + "{% endif %}".repeat(100), Reason.LIMIT);
        fails("{{ " + "not ".repeat(10_000) + "true }}", Reason.LIMIT);
        fails("{{ " + "-".repeat(10_000) + "1 }}", Reason.LIMIT);
        fails("{{ 1 if true else ".repeat(1) + "1 if true else ".repeat(10_000) + "1 }}", Reason.LIMIT);
        fails("{{ x" + ".a".repeat(10_000) + " }}", Reason.LIMIT);
        fails("{{ 'x'" + "|upper".repeat(10_000) + " }}", Reason.LIMIT);
        fails("{#" + " ".repeat(2 << 20) + "#}", Reason.LIMIT);
    }

    @Test
    void evaluatesLongChainsWithoutNesting() {
        assertEquals("20001", render("{{ 1" + " + 1".repeat(20_000) + " }}"));
        assertEquals("x".repeat(20_001), render("{{ 'x'" + " ~ 'x'".repeat(20_000) + " }}"));
        assertEquals("True", render("{{ true" + " and true".repeat(20_000) + " }}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ ''.__class__ }}", "{{ ''['__class__'] }}",
            "{{ ''.__class__.__mro__[1].__subclasses__() }}",
            "{{ messages.__class__ }}", "{{ messages|attr('__class__') }}", "{{ range.__globals__ }}",
            "{{ (1).__class__ }}", "{{ raise_exception.__code__ }}", "{{ namespace.__init__ }}",
            "{{ messages[0].__dict__ }}",
            "{{ ['__class__'] | map(attribute='__class__') | list }}", "{{ '{0.__class__}'.format('') }}",
            "{{ '%(__class__)s' % '' }}", "{{ [''] | selectattr('__class__') | list }}",
            "{{ [1, 2] | sort(attribute='__class__') }}",
            "{{ ''.getClass() }}", "{{ messages.getClass() }}", "{{ messages.class.forName('java.lang.Runtime') }}",
            "{{ loop.items }}{{ messages.stream() }}", "{{ self.__init__ }}", "{{ cycler.__init__.__globals__ }}",
            "{% macro m() %}{% endmacro %}{{ m.__globals__ }}"})
    void reachesNothingButValues(String template) {
        fails(template, Reason.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ messages.append(1) }}", "{{ messages.pop() }}",
            "{{ messages[0].update({'role': 'x'}) }}",
            "{{ messages.clear() }}", "{{ messages[0].pop('role') }}", "{{ messages.extend(messages) }}",
            "{{ messages[0].setdefault('x', 1) }}", "{{ messages.sort() }}", "{{ messages.insert(0, 1) }}",
            "{% set l = [] %}{% for i in range(10) %}{{ l.append(l) }}{% endfor %}", "{{ messages.reverse() }}"})
    void changesNothingItWasGiven(String template) {
        fails(template, Reason.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% include 'x' %}", "{% import 'os' as os %}", "{% extends 'x' %}",
            "{% block x %}{% endblock %}",
            "{{ ", "{% if %}", "{% for x in %}", "{% endif %}", "{% if x %}", "{{ 'x }}", "{# x", "{% raw %}x",
            "{{ x | }}", "{{ 1 + }}",
            "{% set %}", "{{ (1 }}", "{{ 99999999999999999999 }}", "{% macro %}", "{{ 'a\\", "{{ '\\x1' }}",
            "{{ '\\U99999999' }}",
            "{% else %}", "{{ }}", "{{ x.1.y. }}", "{{ a b }}", "{% for x in y %}{% endif %}", "{{ \u0000 }}"})
    void saysWhatItCannotRead(String template) {
        assertTrue(fails(template, Reason.MALFORMED).getMessage().contains("line="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 1 // 0 }}", "{{ 9223372036854775807 + 1 }}", "{{ 2 ** 1000 }}", "{{ nothing.at.all }}",
            "{{ nothing() }}",
            "{{ 'a' + 1 }}", "{{ messages | no_such_filter }}", "{{ 1 is no_such_test }}",
            "{% for x in 1 %}{% endfor %}",
            "{% for a, b in [[1]] %}{% endfor %}", "{{ '%d' % 'x' }}", "{{ '{}'.format() }}", "{{ 'x'.index('y') }}",
            "{{ [] | tojson(separators=1) }}", "{{ range | tojson }}", "{{ nothing + 1 }}", "{{ range(1, 2, 0) }}",
            "{{ [1][::0] }}",
            "{% set x.y = 1 %}", "{{ 1 < 'a' }}", "{{ messages[0] | first | length | first }}", "{{ none | length }}"})
    void failsByType(String template) {
        fails(template, Reason.FAILED);
    }

    @Test
    void namesTheLine() {
        TemplateException failure = fails("a\nb\n{% if true %}\n{{ nothing.field }}\n{% endif %}", Reason.FAILED);
        assertTrue(failure.getMessage().endsWith("line=4"), failure.getMessage());
        assertEquals(Reason.REFUSED, fails("{{ raise_exception('no') }}", Reason.REFUSED).reason());
    }

    @Test
    void staysWithinASmallStack() throws InterruptedException {
        String nested = "{% macro m(n) %}{% if n %}{% for i in [1] %}{{ ((((m(n - 1)) | trim) ~ 'x') | upper) }}{% endfor %}{% endif %}"
                + "{% endmacro %}{{ m(60) }}";
        Throwable[] found = {null};
        Thread thread = new Thread(null, () -> {
            try {
                render(nested);
            } catch (TemplateException expected) {
                found[0] = expected;
            }
        }, "small stack", 256 << 10);
        thread.start();
        thread.join();
        assertTrue(found[0] == null || found[0] instanceof TemplateException);
    }
}
