// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// A duration on the command line: `90s`, `5m`, or milliseconds.
struct SpanArgument: Sendable {
    let milliseconds: Int64

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        guard let milliseconds = SpanText.milliseconds(text) else { throw ValidationError(SpanText.problem(text)) }
        self.milliseconds = milliseconds
    }
}
