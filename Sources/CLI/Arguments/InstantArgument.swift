// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// An instant on the command line: RFC 3339, `now`, or `+5m` from now.
struct InstantArgument: ExpressibleByArgument, Sendable {
    let time: Timestamp

    init?(argument: String) {
        self.init(argument, now: SystemClock().now())
    }

    init?(_ text: String, now: Timestamp) {
        if text == "now" {
            time = now
        } else if text.hasPrefix("+"), let span = SpanText.milliseconds(String(text.dropFirst())) {
            time = now + .milliseconds(span)
        } else if let time = Timestamp(rfc3339: text), (Timestamp.earliest...Timestamp.latest).contains(time) {
            self.time = time
        } else {
            return nil
        }
    }
}
