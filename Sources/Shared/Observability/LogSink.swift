// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
private import Synchronization

/// The only writer to standard error: whole lines, in order, without ever waiting for whoever reads them.
///
/// What the descriptor does not take at once (a full disk, a pipe that nobody reads or that is closed) is dropped and
/// counted; when lines go through again, a line says how many were lost. The descriptor is not switched to
/// non-blocking, because other processes may share it. `SIGPIPE` must be ignored.
package final class LogSink: Sendable {
    private struct State {
        var unreported: UInt64 = 0
        var isMidLine = false
    }

    /// A pipe that is writable takes at least this much without blocking (POSIX: PIPE_BUF).
    private static let chunk = 4096

    private let descriptor: Int32
    private let onDrop: @Sendable () -> Void
    private let state = Mutex(State())

    /// `onDrop` is called once for each lost line, on the logging thread.
    package init(descriptor: Int32 = 2, onDrop: @escaping @Sendable () -> Void = {}) {
        self.descriptor = descriptor
        self.onDrop = onDrop
    }

    /// Writes a line (its end is added) or drops it.
    ///
    /// `notice` words the report of lines that were lost before.
    package func write(_ line: String, notice: (_ lost: UInt64) -> String) {
        let isWritten = state.withLock { state in
            if state.unreported > 0 {
                guard put(notice(state.unreported), &state) else {
                    state.unreported += 1
                    return false
                }
                state.unreported = 0
            }
            let isWritten = put(line, &state)
            if !isWritten { state.unreported += 1 }
            return isWritten
        }
        if !isWritten { onDrop() }
    }

    /// Ends a line that was cut off before, then writes this one.
    private func put(_ line: String, _ state: inout State) -> Bool {
        var bytes = Array(((state.isMidLine ? "\n" : "") + line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = putSome(bytes.prefix(Self.chunk))
            guard written > 0 else { return false }
            state.isMidLine = bytes[bytes.startIndex + written - 1] != UInt8(ascii: "\n")
            bytes.removeFirst(written)
        }
        return true
    }

    private func putSome(_ bytes: ArraySlice<UInt8>) -> Int {
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&request, 1, 0)
            if ready < 0, errno == EINTR { continue }
            guard ready == 1, request.revents & Int16(POLLOUT) != 0, request.revents & Int16(POLLERR | POLLNVAL) == 0
            else { return 0 }
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            return max(0, written)
        }
    }
}
