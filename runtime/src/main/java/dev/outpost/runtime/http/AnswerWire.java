package dev.outpost.runtime.http;

import java.util.List;
import java.util.Optional;

/** How one route spells an answer: whole, or in chunks. One answer, one thread. */
sealed interface AnswerWire permits ChatWire, CompletionWire {

    /** The chunk that opens a choice. */
    Optional<byte[]> first(int choice);

    /** A chunk with new text. */
    byte[] delta(int choice, ChoiceText.Piece piece);

    /** The chunk that ends a choice. */
    byte[] last(int choice, ChoiceText text);

    /** The chunk without choices that ends the stream. */
    byte[] usage(UsageTotals usage);

    byte[] whole(List<ChoiceText> choices, UsageTotals usage);
}
