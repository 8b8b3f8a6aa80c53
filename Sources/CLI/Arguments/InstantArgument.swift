// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// An instant on the command line: RFC 3339, `now`, or `+5m` from now.
struct InstantArgument: Sendable {
    let time: Timestamp

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        try self.init(text, now: SystemClock().now())
    }

    init(_ text: String, now: Timestamp) throws {
        if text == "now" {
            time = now
        } else if text.hasPrefix("+") {
            time = now + .milliseconds(try SpanArgument(text: String(text.dropFirst())).milliseconds)
        } else if let time = Timestamp(rfc3339: text), (Timestamp.earliest...Timestamp.latest).contains(time) {
            self.time = time
        } else {
            throw ValidationError("\(Timestamp.problem(rfc3339: text)); now and +5m (from now) are taken, too")
        }
    }
}
