package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.engine.Engine;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.GgufMetadata;
import dev.outpost.engine.gguf.TensorEntry;
import dev.outpost.engine.memory.MemoryPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost show}: what a file holds and what loading it would take. Loads nothing. */
@Command(name = "show", description = "Show a model's metadata, tensors and memory plan, and whether it fits.")
final class ShowCommand implements Callable<Integer> {

    private static final int SHOWN_CHARACTERS = 72;

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
    private Path model;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    @Mixin
    private LoadOptions load;

    ShowCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    /** Tensors of one type: how many, and their bytes. */
    private record TypeShare(int tensors, long bytes) {
        TypeShare plus(TypeShare other) {
            return new TypeShare(tensors + other.tensors, bytes + other.bytes);
        }
    }

    @Override
    public Integer call() {
        Setup setup = rooms.setup(load.config(), load.flags());
        try (GgufFile file = GgufFile.open(ModelFile.existing(model))) {
            MemoryPlan plan = Engine.plan(model, setup.options());
            if (json) {
                terminal.out().println(JsonText.of(out -> write(out, file, plan, setup)));
            } else {
                print(file, plan, setup);
            }
            return plan.fits() ? ExitStatus.OK.code() : ExitStatus.UNAVAILABLE.code();
        }
    }

    private static Map<String, TypeShare> types(GgufFile file) {
        var types = new TreeMap<String, TypeShare>();
        file.tensors().forEach(tensor -> types.merge(tensor.type().name(), new TypeShare(1, tensor.bytes()),
                TypeShare::plus));
        return types;
    }

    private void print(GgufFile file, MemoryPlan plan, Setup setup) {
        PrintStream out = terminal.out();
        out.println("file: " + file.path() + ", " + mebibytes(file.fileBytes()));
        out.println("metadata:");
        GgufMetadata metadata = file.metadata();
        metadata.keys().forEach(key -> out.println("  " + key + " = " + shortened(metadata.value(key))));
        out.println("tensors:");
        for (TensorEntry tensor : file.tensors()) {
            out.println(String.format(Locale.ROOT, "  %-32s %-6s %-18s %10s", tensor.name(), tensor.type(),
                    tensor.shape(), mebibytes(tensor.bytes())));
        }
        out.println("types: " + types(file).entrySet().stream()
                .map(type -> type.getKey() + " " + type.getValue().tensors() + " tensors "
                        + mebibytes(type.getValue().bytes()))
                .collect(Collectors.joining(", ")));
        out.println("profile: " + setup.profile());
        out.println("plan for " + plan.parallel() + " requests of " + plan.context() + " tokens:");
        plan.parts().forEach((part, bytes) -> out.println(
                String.format(Locale.ROOT, "  %-8s %14d bytes %10s", part, bytes, mebibytes(bytes))));
        if (!plan.reduced().isEmpty()) {
            out.println("lowered to fit: " + String.join(", ", plan.reduced()));
        }
        out.println((plan.fits() ? "fits" : "does not fit") + ": budget " + mebibytes(plan.budget()));
        if (!plan.fits()) {
            terminal.err().println("outpost: lower --context or --parallel, or raise --memory-budget");
        }
    }

    private static void write(JsonGenerator out, GgufFile file, MemoryPlan plan, Setup setup) throws IOException {
        out.writeStartObject();
        out.writeStringField("file", file.path().toString());
        out.writeNumberField("bytes", file.fileBytes());
        out.writeObjectFieldStart("metadata");
        for (String key : file.metadata().keys()) {
            out.writeFieldName(key);
            value(out, file.metadata().value(key));
        }
        out.writeEndObject();
        out.writeArrayFieldStart("tensors");
        for (TensorEntry tensor : file.tensors()) {
            tensor(out, tensor);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("types");
        for (var type : types(file).entrySet()) {
            out.writeObjectFieldStart(type.getKey());
            out.writeNumberField("tensors", type.getValue().tensors());
            out.writeNumberField("bytes", type.getValue().bytes());
            out.writeEndObject();
        }
        out.writeEndObject();
        plan(out, plan);
        out.writeStringField("profile", setup.profile());
        out.writeEndObject();
    }

    private static void plan(JsonGenerator out, MemoryPlan plan) throws IOException {
        out.writeObjectFieldStart("plan");
        for (var part : plan.parts().entrySet()) {
            out.writeNumberField(part.getKey(), part.getValue());
        }
        out.writeEndObject();
        out.writeNumberField("budget", plan.budget());
        out.writeNumberField("context", plan.context());
        out.writeNumberField("parallel", plan.parallel());
        out.writeArrayFieldStart("reduced");
        for (String what : plan.reduced()) {
            out.writeString(what);
        }
        out.writeEndArray();
        out.writeBooleanField("fits", plan.fits());
    }

    private static void tensor(JsonGenerator out, TensorEntry tensor) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", tensor.name());
        out.writeStringField("type", tensor.type().name());
        out.writeArrayFieldStart("shape");
        for (long dimension : tensor.shape()) {
            out.writeNumber(dimension);
        }
        out.writeEndArray();
        out.writeNumberField("offset", tensor.offset());
        out.writeNumberField("bytes", tensor.bytes());
        out.writeEndObject();
    }

    private static void value(JsonGenerator out, Object value) throws IOException {
        switch (value) {
            case Long number -> out.writeNumber(number);
            case Double number when number.isNaN() || number.isInfinite() -> out.writeString(number.toString());
            case Double number -> out.writeNumber(number);
            case Boolean word -> out.writeBoolean(word);
            case GgufMetadata.ArrayPreview array -> {
                out.writeStartObject();
                out.writeStringField("type", array.elementType());
                out.writeNumberField("size", array.size());
                out.writeArrayFieldStart("first");
                for (Object element : array.first()) {
                    value(out, element);
                }
                out.writeEndArray();
                out.writeEndObject();
            }
            default -> out.writeString(value.toString());
        }
    }

    // Bytes of a file cannot steer the terminal.
    private static String shortened(Object value) {
        String text = value instanceof GgufMetadata.ArrayPreview array
                ? array.size() + " x " + array.elementType() + " " + shown(array.first())
                        + (array.first().size() < array.size() ? " ..." : "")
                : value.toString();
        var line = new StringBuilder();
        text.codePoints().limit(SHOWN_CHARACTERS + 1L)
                .forEach(point -> line.appendCodePoint(Character.isISOControl(point) ? '.' : point));
        if (line.length() > SHOWN_CHARACTERS) {
            line.setLength(SHOWN_CHARACTERS);
            line.append("...");
        }
        return line.toString();
    }

    private static String shown(List<Object> elements) {
        return elements.stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
