package dev.outpost.runtime.mqtt;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets nobody read before somebody has tried to write. The client's connecting thread starts receiver, sender and callback
 * in this order and waits for each to run, without an end: a receiver that found the connection broken and was gone before
 * it looked would keep it waiting for ever. It sends CONNECT last, and a broker says nothing before that.
 */
final class StartGate {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final Duration most;

    /** @param most after which reading goes on all the same */
    StartGate(Duration most) {
        this.most = most;
    }

    InputStream reading(InputStream source) {
        return new FilterInputStream(source) {
            @Override
            public int read() throws IOException {
                await();
                return super.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                await();
                return super.read(target, offset, length);
            }
        };
    }

    OutputStream writing(OutputStream target) {
        return new FilterOutputStream(target) {
            @Override
            public void write(int value) throws IOException {
                begun.countDown();
                out.write(value);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                begun.countDown();
                out.write(source, offset, length);
            }
        };
    }

    private void await() throws IOException {
        try {
            begun.await(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before anything was sent", e);
        }
    }
}
