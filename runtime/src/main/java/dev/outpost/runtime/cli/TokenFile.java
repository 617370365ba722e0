package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/** A JSON array of token ids. */
final class TokenFile {

    private TokenFile() {}

    /** @param vocabulary ids are below it */
    static int[] read(Path file, int vocabulary) throws IOException {
        var ids = new ArrayList<Integer>();
        try (JsonParser json = JsonText.factory().createParser(Files.readAllBytes(ModelFile.existing(file)))) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw wrong(file, "expected a JSON array of token ids");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0
                        || json.getLongValue() >= vocabulary) {
                    throw wrong(file, "expected ids of 0.." + (vocabulary - 1) + ": position=" + ids.size()
                            + ", found=" + json.getText());
                }
                ids.add(json.getIntValue());
            }
        } catch (JsonProcessingException e) {
            throw wrong(file, "not valid JSON: " + e.getOriginalMessage());
        }
        if (ids.isEmpty()) {
            throw wrong(file, "no token in it");
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static CommandFailure wrong(Path file, String fact) {
        return new CommandFailure(ExitStatus.DATA, fact + ": path=" + file,
                "`outpost tokenize MODEL` makes such a file");
    }
}
