package dev.outpost.runtime.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Checks the path of a model before anything is loaded, so that a typing error reads as one. */
final class ModelFile {

    private ModelFile() {}

    static Path existing(Path file) {
        if (Files.isDirectory(file)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "expected a GGUF file, found a directory: path=" + file, "");
        }
        if (!Files.exists(file)) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "no such file: path=" + file,
                    "give the path of a GGUF file");
        }
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitStatus.NO_PERMISSION, "file cannot be read: path=" + file,
                    "run it as a user that may read the file");
        }
        return file;
    }
}
