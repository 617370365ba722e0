package dev.outpost.runtime.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Speeds of several rounds by test, in order of first appearance; one writer. */
final class SpeedTable {

    private final Map<String, List<Double>> speeds = new LinkedHashMap<>();
    private final Map<String, Double> joules = new LinkedHashMap<>();
    private final Map<String, Integer> meteredTokens = new LinkedHashMap<>();

    void add(String test, double tokensPerSecond) {
        speeds.computeIfAbsent(test, name -> new ArrayList<>()).add(tokensPerSecond);
    }

    void addEnergy(String test, int tokens, OptionalDouble taken) {
        taken.ifPresent(value -> {
            joules.merge(test, value, Double::sum);
            meteredTokens.merge(test, tokens, Integer::sum);
        });
    }

    List<String> tests() {
        return List.copyOf(speeds.keySet());
    }

    double mean(String test) {
        return speeds.getOrDefault(test, List.of()).stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** Sample standard deviation; 0 for one round. */
    double deviation(String test) {
        List<Double> rounds = speeds.getOrDefault(test, List.of());
        double mean = mean(test);
        double squares = rounds.stream().mapToDouble(speed -> (speed - mean) * (speed - mean)).sum();
        return rounds.size() < 2 ? 0 : Math.sqrt(squares / (rounds.size() - 1));
    }

    /** The middle round, which one disturbed round does not move. */
    double median(String test) {
        double[] sorted = speeds.getOrDefault(test, List.of()).stream().mapToDouble(Double::doubleValue).sorted()
                .toArray();
        if (sorted.length == 0) {
            return 0;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    OptionalDouble joulesPerToken(String test) {
        return joules.containsKey(test)
                ? OptionalDouble.of(joules.get(test) / meteredTokens.get(test))
                : OptionalDouble.empty();
    }

    String row(String test) {
        String energy = joulesPerToken(test).isPresent()
                ? String.format(Locale.ROOT, "  %8.3f J/token", joulesPerToken(test).getAsDouble())
                : "";
        return String.format(Locale.ROOT, "%-8s %10.2f +- %-8.2f t/s%s", test, mean(test), deviation(test), energy);
    }
}
