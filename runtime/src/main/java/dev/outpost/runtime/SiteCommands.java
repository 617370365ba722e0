package dev.outpost.runtime;

import dev.outpost.runtime.sparkplug.CommandPort;
import dev.outpost.runtime.sparkplug.MetricValue;
import dev.outpost.runtime.update.ServingDesk;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** What hosts of the site may ask of the box: which of its stored models serves. */
final class SiteCommands implements CommandPort {

    private static final System.Logger LOG = System.getLogger(SiteCommands.class.getName());

    private static final String NAME = "[A-Za-z0-9._:/-]{1,128}";

    private final ServingDesk desk;

    SiteCommands(ServingDesk desk) {
        this.desk = desk;
    }

    @Override
    public boolean isWritable(Optional<String> device) {
        return device.isEmpty();
    }

    /** Returns at once; loading a model takes its time, and the metric shows how it ended. */
    @Override
    public void write(Optional<String> device, String metric, MetricValue value) {
        if (!metric.equals(SiteMetrics.SELECT) || !(value instanceof MetricValue.Words(String name))) {
            throw new IllegalArgumentException("metric is read only: metric=" + metric);
        }
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException("not a model's name: characters=" + name.length());
        }
        desk.choose(name).whenComplete((digest, failure) -> {
            if (failure != null) {
                LOG.log(Level.WARNING, "a host asked for a model that cannot serve: {0}", failure.getMessage());
            } else {
                LOG.log(Level.INFO, "a host chose the model: digest={0}", digest.brief());
            }
        });
    }
}
