package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Optional;

/**
 * One turn of a chat.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}; templates may know more
 * @param content text; empty where an assistant turn only calls tools
 * @param toolCalls calls an assistant turn made
 * @param toolCallId which call a tool turn answers
 * @param name the speaker or tool
 */
public record Message(String role, String content, List<ToolCall> toolCalls, Optional<String> toolCallId,
        Optional<String> name) {

    public Message {
        toolCalls = List.copyOf(toolCalls);
    }

    public static Message of(String role, String content) {
        return new Message(role, content, List.of(), Optional.empty(), Optional.empty());
    }

    /** @param arguments JSON object as text */
    public record ToolCall(String id, String name, String arguments) {}
}
