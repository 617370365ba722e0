package dev.outpost.runtime.mqtt;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What Paho reads: the socket's bytes, with every fixed header checked before Paho allocates what it asks for, and
 * with the CONNACK filtered. An end of stream in the first moments is held back: Paho's receiver spins for ever if its
 * reader dies before it has started. A PUBLISH of QoS 0 without properties never gets to Paho, which copies each packet
 * twice, byte by byte: it is handed on from here. One reading thread.
 */
final class PacketGuard extends InputStream {

    private static final int CONNACK = 2;
    private static final int PUBLISH = 3;
    private static final int QOS_BITS = 6;
    private static final int RETAIN_BIT = 1;
    private static final byte[] NOTHING = {};
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final BufferedInputStream source;
    private final int maximumPacket;
    private final AtomicLong bytes;
    private final Consumer<ConnackFilter> onConnack;
    private final Consumer<MqttIncoming> onPublish;
    private final long openedAt = System.nanoTime();

    /** Ready to be handed out: a checked header, or the whole filtered CONNACK. */
    private byte[] ready = NOTHING;
    private int readyAt;
    private int bodyLeft;

    PacketGuard(InputStream source, int maximumPacket, AtomicLong bytes, Consumer<ConnackFilter> onConnack,
            Consumer<MqttIncoming> onPublish) {
        this.source = new BufferedInputStream(source, 16 << 10);
        this.maximumPacket = maximumPacket;
        this.bytes = bytes;
        this.onConnack = onConnack;
        this.onPublish = onPublish;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            while (readyAt == ready.length && bodyLeft == 0) {
                nextPacket();
            }
            if (readyAt < ready.length) {
                int count = Math.min(length, ready.length - readyAt);
                System.arraycopy(ready, readyAt, target, offset, count);
                readyAt += count;
                return count;
            }
            int count = source.read(target, offset, Math.min(length, bodyLeft));
            if (count < 0) {
                throw new EOFException("broker closed the connection inside a packet");
            }
            bodyLeft -= count;
            bytes.addAndGet(count);
            return count;
        } catch (IOException e) {
            settle();
            throw e;
        }
    }

    @Override
    public int available() throws IOException {
        return ready.length - readyAt + Math.min(bodyLeft, source.available());
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    private void nextPacket() throws IOException {
        int first = next();
        var header = new byte[5];
        header[0] = (byte) first;
        int size = 1;
        do {
            if (size == header.length) {
                throw new IOException("packet length is malformed");
            }
            header[size] = (byte) next();
        } while (header[size++] < 0);
        int length = VariableInteger.read(header, 1)[0];
        if (size + length > maximumPacket) {
            throw new IOException("packet is too large: expected <= " + maximumPacket + " bytes, found="
                    + (size + length));
        }
        ready = Arrays.copyOf(header, size);
        readyAt = 0;
        bodyLeft = length;
        if (first >> 4 == CONNACK) {
            filter();
        } else if (first >> 4 == PUBLISH && (first & QOS_BITS) == 0) {
            handOn((first & RETAIN_BIT) != 0);
        }
    }

    /** Topic length u16 | topic | property length | payload; with properties the packet is left to Paho. */
    private void handOn(boolean retained) throws IOException {
        var prefix = body(Math.min(2, bodyLeft));
        int topicBytes = prefix.length < 2 ? Integer.MAX_VALUE : (prefix[0] & 255) << 8 | prefix[1] & 255;
        if (topicBytes >= bodyLeft) {
            throw new IOException("topic ends past its packet: bytes=" + topicBytes + ", left=" + bodyLeft);
        }
        var topic = body(topicBytes);
        var properties = body(1);
        if (topicBytes == 0 || properties[0] != 0) {
            var packet = new ByteArrayOutputStream();
            packet.writeBytes(ready);
            packet.writeBytes(prefix);
            packet.writeBytes(topic);
            packet.writeBytes(properties);
            ready = packet.toByteArray();
            return;
        }
        var payload = body(bodyLeft);
        ready = NOTHING;
        onPublish.accept(new MqttIncoming(new String(topic, StandardCharsets.UTF_8), payload, 0, retained,
                Optional.empty(), Optional.empty(), Map.of()));
    }

    /** The next bytes of the packet, already checked to be within its limit. */
    private byte[] body(int length) throws IOException {
        var part = new byte[length];
        for (int at = 0; at < length;) {
            int count = source.read(part, at, length - at);
            if (count < 0) {
                throw new EOFException("broker closed the connection inside a packet");
            }
            at += count;
            bytes.addAndGet(count);
        }
        bodyLeft -= length;
        return part;
    }

    private void filter() throws IOException {
        var connack = ConnackFilter.read(body(bodyLeft));
        onConnack.accept(connack);
        var length = VariableInteger.write(connack.body().length);
        var packet = new byte[1 + length.length + connack.body().length];
        packet[0] = ready[0];
        System.arraycopy(length, 0, packet, 1, length.length);
        System.arraycopy(connack.body(), 0, packet, 1 + length.length, connack.body().length);
        ready = packet;
    }

    private int next() throws IOException {
        int value = source.read();
        if (value < 0) {
            throw new EOFException("broker closed the connection");
        }
        bytes.incrementAndGet();
        return value;
    }

    private void settle() {
        long left = SETTLE_NANOS - (System.nanoTime() - openedAt);
        if (left > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
