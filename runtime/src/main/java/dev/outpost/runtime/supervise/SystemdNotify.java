package dev.outpost.runtime.supervise;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Tells systemd how this process fares: a datagram to the Unix socket named by {@code NOTIFY_SOCKET}, sd_notify(3).
 *
 * <pre>
 * sockaddr_un   0      2                        110
 *               family path, NUL-terminated; a leading '@' of the name stands for NUL (abstract socket)
 * </pre>
 *
 * The JDK's Unix sockets are streams only, hence the calls to C. Any thread; each message opens and closes its socket.
 */
public final class SystemdNotify {

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PATH_OFFSET = 2;
    private static final int MOST_PATH_BYTES = 107;

    private final byte[] path;
    private final Calls calls;

    /** int socket(int domain, int type, int protocol); ssize_t sendto(...); int close(int fd). */
    private record Calls(MethodHandle socket, MethodHandle sendto, MethodHandle close) {}

    private static Calls bind() {
        Linker linker = Linker.nativeLinker();
        var int32 = ValueLayout.JAVA_INT;
        var int64 = ValueLayout.JAVA_LONG;
        var pointer = ValueLayout.ADDRESS;
        return new Calls(find(linker, "socket", FunctionDescriptor.of(int32, int32, int32, int32)),
                find(linker, "sendto", FunctionDescriptor.of(int64, int32, pointer, int64, int32, pointer, int32)),
                find(linker, "close", FunctionDescriptor.of(int32, int32)));
    }

    @SuppressWarnings("restricted") // this class is where it is allowed
    private static MethodHandle find(Linker linker, String name, FunctionDescriptor types) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types);
    }

    private SystemdNotify(byte[] path) {
        this.path = path;
        this.calls = bind();
    }

    /** @param socket value of {@code NOTIFY_SOCKET}; empty where it names no Unix socket of a legal length */
    public static Optional<SystemdNotify> to(String socket) {
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        boolean legal = path.length >= 2 && path.length <= MOST_PATH_BYTES && (path[0] == '/' || path[0] == '@');
        return legal ? Optional.of(new SystemdNotify(path)) : Optional.empty();
    }

    /**
     * @param state lines such as {@code READY=1}
     * @return true if the datagram was taken
     */
    public boolean send(String state) {
        byte[] message = state.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            int socket = (int) calls.socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (socket < 0) {
                return false;
            }
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            long sent = (long) calls.sendto.invokeExact(socket, bytes, (long) message.length, MSG_NOSIGNAL,
                    address(arena), PATH_OFFSET + path.length + (path[0] == '@' ? 0 : 1));
            int ignored = (int) calls.close.invokeExact(socket);
            return sent == message.length && ignored == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("call to the C library failed", e);
        }
    }

    private MemorySegment address(Arena arena) {
        MemorySegment address = arena.allocate(PATH_OFFSET + MOST_PATH_BYTES + 1, Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, PATH_OFFSET, path.length);
        if (path[0] == '@') {
            address.set(ValueLayout.JAVA_BYTE, PATH_OFFSET, (byte) 0);
        }
        return address;
    }
}
