// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
package import Shared

/// Gets an env file from the disk.
package enum EnvironmentFileReader {
    /// Reads and parses a file; `nil` when there is none and that is no fault.
    ///
    /// Never reads more than one byte past the limit of ``EnvironmentFile``, whatever the path names.
    /// - Throws: ``InvalidSettings`` when it is missing, unreadable, or at fault.
    package static func read(_ path: String, mayBeMissing: Bool) throws(InvalidSettings) -> EnvironmentFile? {
        let bytes: [UInt8]
        do throws(UnreadableFile) {
            bytes = try SmallFile.read(path, limit: EnvironmentFile.maximumSize)
        } catch {
            if error.isMissing, mayBeMissing { return nil }
            let subject = path.isEmpty ? "\"\"" : path
            throw InvalidSettings([
                SettingFault(subject: subject, expected: "an env file that can be read (\(error.reason))")
            ])
        }
        return try EnvironmentFile(bytes: bytes, path: path)
    }
}

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
