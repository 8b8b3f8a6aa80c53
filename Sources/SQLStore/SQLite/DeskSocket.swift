// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// The socket `control` in the folder of a database, over which other processes of this user ask the one that has it.
///
/// Its name goes over the open folder, for a path of a socket has 107 bytes at most (unix(7)).
package enum DeskSocket {
    /// The longest line that is read.
    private static let longestLine = 1 << 16

    /// Makes the socket beside a database, for this user alone; gives its descriptor, `nil` when it cannot be made.
    package static func listen(beside path: String) -> Int32? {
        remove(beside: path)
        return unsafe withSocket(beside: path) { socket, address, name in
            // Nobody gets through before `listen`.
            unsafe bind(socket, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && chmod(name, 0o600) == 0
                && Glibc.listen(socket, 8) == 0
        }
    }

    /// A connection to whoever listens beside a database; `nil` when nobody does.
    package static func connect(beside path: String) -> Int32? {
        unsafe withSocket(beside: path) { socket, address, _ in
            unsafe Glibc.connect(socket, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }

    /// The next connection to a socket; blocks until there is one.
    package static func accept(_ listener: Int32) -> Int32? {
        let connection = Glibc.accept(listener, nil, nil)
        guard connection >= 0 else { return nil }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        // Who says nothing holds up the next one for a moment only.
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return connection
    }

    /// Takes the socket's name away.
    package static func remove(beside path: String) {
        unsafe unlink(DataFolder.name(of: path) + "/control")
    }

    package static func close(_ socket: Int32) {
        Glibc.close(socket)
    }

    /// The next line without its end; `nil` at the end, or when none comes that is short enough.
    package static func line(_ socket: Int32) -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < longestLine {
            let count = unsafe read(socket, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    /// Sends all of a text, unless the other side has gone.
    package static func write(_ text: String, to socket: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(socket, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest.removeFirst(count)
        }
    }

    private static func withSocket(
        beside path: String, _ use: (_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ name: String) -> Bool
    ) -> Int32? {
        let folder = unsafe open(DataFolder.name(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { Glibc.close(folder) }
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        let name = "/proc/self/fd/\(folder)/control"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name.utf8) }
        let isUsable = unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe use(socket, $0, name) }
        }
        if isUsable { return socket }
        Glibc.close(socket)
        return nil
    }
}
