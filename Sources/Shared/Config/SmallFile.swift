// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// Files that are read whole.
package enum SmallFile {
    /// Reads a file; never more than one byte past the limit, whatever the path names.
    package static func read(_ path: String, limit: Int) throws(UnreadableFile) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UnreadableFile() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UnreadableFile() }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}

/// A file cannot be read, for the reason that the system gives.
package struct UnreadableFile: Error {
    /// In the system's words.
    package let reason: String
    /// Whether there is none.
    package let isMissing: Bool

    /// From `errno`.
    fileprivate init() {
        isMissing = errno == ENOENT
        reason = String(cString: strerror(errno))
    }
}
