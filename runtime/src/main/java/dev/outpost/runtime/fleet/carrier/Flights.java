package dev.outpost.runtime.fleet.carrier;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The pieces that are on the way. One thread. */
final class Flights {
    /**
     * A piece on the way.
     *
     * @param request number of the request that named it
     * @param index place in that request: answers come in this order
     */
    record Flight(Piece piece, long request, int index, long sentAt) {}

    private final TreeMap<Long, Flight> flying = new TreeMap<>();
    private long bytes;

    void add(Flight flight) {
        flying.put(flight.piece().position(), flight);
        bytes += flight.piece().length();
    }

    /** Takes a piece that came off; empty when it was not on the way. */
    Optional<Flight> land(Piece piece) {
        return Optional.ofNullable(flying.get(piece.position())).filter(flight -> flight.piece().equals(piece))
                .map(this::remove);
    }

    /** Takes off what the same answer should have brought before: a broker keeps the order, so it was lost. */
    List<Piece> passedOver(Flight landed) {
        List<Flight> lost = flying.values().stream()
                .filter(other -> other.request() == landed.request() && other.index() < landed.index()).toList();
        return lost.stream().map(this::remove).map(Flight::piece).toList();
    }

    /** Takes everything off. */
    List<Piece> clear() {
        var pieces = new ArrayList<Piece>();
        flying.values().forEach(flight -> pieces.add(flight.piece()));
        flying.clear();
        bytes = 0;
        return pieces;
    }

    long bytes() {
        return bytes;
    }

    int size() {
        return flying.size();
    }

    private Flight remove(Flight flight) {
        flying.remove(flight.piece().position());
        bytes -= flight.piece().length();
        return flight;
    }
}
