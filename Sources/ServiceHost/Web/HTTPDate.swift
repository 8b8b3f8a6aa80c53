// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// The time of an answer, as a `Date` field has it (RFC 9110, section 5.6.7).
enum HTTPDate {
    /// Now, by the clock of this machine.
    static func now() -> String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        // The process stays in the locale C, whose names of days and months are those of HTTP.
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
