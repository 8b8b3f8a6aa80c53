// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why bytes are not a text in UTF-8.
package struct NotUTF8: Error, Hashable, Sendable {
    /// The other encoding of Unicode that the text is in, as iconv names it; `nil` for bytes that are no Unicode.
    package let encoding: String?
    /// The first byte that is at fault, from 0.
    package let offset: Int

    /// What is wrong, to follow the name of the text or a colon.
    package var reason: String { encoding.map { "is \($0), not UTF-8" } ?? "is not UTF-8" }

    /// A command that converts a file, given its name as the shell takes it.
    ///
    /// What is no Unicode at all is most likely of an old editor on Windows.
    package func conversion(of file: String) -> String {
        "iconv -f \(encoding ?? "WINDOWS-1252") -t UTF-8 \(file)"
    }
}
