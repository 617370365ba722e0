package dev.outpost.runtime.fleet.carrier;

/**
 * What one chunk brings.
 *
 * @param position first byte, counted in the file
 * @param block where it starts, as the wire says it
 * @param offset bytes into that block
 */
record Piece(long position, int length, int block, int offset) {
    long end() {
        return position + length;
    }
}
