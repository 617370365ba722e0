package dev.outpost.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One streamed answer, read line by line. */
final class LineStream implements AutoCloseable {
    private final HttpURLConnection connection;
    private final BufferedReader lines;

    LineStream(int port, String path, String body) throws IOException {
        connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("content-type", "application/json");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The next line with data. */
    String awaitData() throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("data:")) {
            line = lines.readLine();
        }
        return line;
    }

    /** All further lines with data. */
    List<String> toEnd() throws IOException {
        var rest = new ArrayList<String>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data:")) {
                rest.add(line);
            }
        }
        return rest;
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
