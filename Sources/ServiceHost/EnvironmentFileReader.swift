// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
