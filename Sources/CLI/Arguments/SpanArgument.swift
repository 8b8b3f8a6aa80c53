// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// A duration on the command line: `90s`, `5m`, or milliseconds.
struct SpanArgument: ExpressibleByArgument, Sendable {
    let milliseconds: Int64

    init?(argument: String) {
        guard let milliseconds = SpanText.milliseconds(argument) else { return nil }
        self.milliseconds = milliseconds
    }
}
