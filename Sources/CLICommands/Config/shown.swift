// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A text from outside, for a message: on one line, without terminal commands, and cut when it is long.
func shown(_ text: String, quoted: Bool = true) -> String {
    let cut =
        text.unicodeScalars.count > 300 ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(300))) + "…" : text
    return quoted ? EscapedText.quoted(cut) : EscapedText.bare(cut)
}

/// A word for a command line that one may copy into a shell.
func shellQuoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy { $0.isAlphanumeric || "/:._-@%+=,".utf8.contains($0) }
    return isPlain
        ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
}
