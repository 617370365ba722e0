package dev.outpost.runtime.sparkplug;

import java.util.List;
import java.util.Optional;

/**
 * A template: its definition, or one instance.
 *
 * @param version of the definition
 * @param reference name of the definition, for an instance; empty is a definition
 * @param members metrics of the template
 * @param parameters constants of the template
 */
public record Template(Optional<String> version, Optional<String> reference, List<Metric> members,
        List<Parameter> parameters) {

    public Template {
        members = List.copyOf(members);
        parameters = List.copyOf(parameters);
    }

    boolean isDefinition() {
        return reference.isEmpty();
    }

    /** A named constant; without a value in a definition that gives none. */
    public record Parameter(String name, DataType type, MetricValue value) {

        public Parameter {
            if (!type.isBasic() || !type.fits(value)) {
                throw new SparkplugException("parameter does not fit its type: name=" + name + ", type=" + type);
            }
        }
    }
}
