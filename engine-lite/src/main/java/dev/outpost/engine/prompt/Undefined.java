package dev.outpost.engine.prompt;

/**
 * What a missing name, field or element gives: empty text, false, nothing to loop over; any other use fails.
 *
 * @param why such as {@code 'x' is undefined}
 */
record Undefined(String why) {

    TemplateFailure used() {
        return TemplateFailure.failed("template uses what is not there: " + why);
    }
}
