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
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT, mayBeMissing { return nil }
            throw unreadable(path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= EnvironmentFile.maximumSize {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            guard count > 0 else { break }
            bytes += buffer.prefix(count)
        }
        return try EnvironmentFile(bytes: bytes, path: path)
    }

    private static func unreadable(_ path: String) -> InvalidSettings {
        let reason = String(cString: strerror(errno))
        let subject = path.isEmpty ? "\"\"" : path
        return InvalidSettings([SettingFault(subject: subject, expected: "an env file that can be read (\(reason))")])
    }
}
