// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Shared

/// Plain lines for whoever started the program, before there is a log.
enum StandardError {
    /// Writes a line, or drops it: it never waits and never fails.
    static func write(_ line: String) {
        LogSink().write(line) { "\($0) lines were lost" }
    }
}
