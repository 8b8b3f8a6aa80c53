// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Makes texts from outside safe to log.
enum LogText {
    /// The first 128 characters, control characters and everything that is not ASCII written as `\u{…}`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(128) {
            result += scalar.escaped(asASCII: true)
        }
        return String(result.prefix(128))
    }
}
