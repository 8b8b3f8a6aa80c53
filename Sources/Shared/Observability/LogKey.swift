// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging

/// The keys of log metadata; docs/telemetry.md is their table.
package enum LogKey: String, CaseIterable, Sendable {
    /// The address that a server listens on.
    case address
    /// How many things the line is about.
    case count
    /// What went wrong, in words fit for a log.
    case error
    /// The name of a job.
    case job
    /// The names of some jobs, not always of all.
    case jobs
    /// How many milliseconds something took or will take.
    case milliseconds
    /// The version of the program.
    case version
}

extension Logger {
    /// Logs a fixed text with metadata under our own keys.
    package func log(
        _ level: Level, _ text: @autoclosure () -> Message,
        _ values: @autoclosure () -> [LogKey: MetadataValue] = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(
            level: level, text(),
            metadata: Dictionary(uniqueKeysWithValues: values().map { ($0.key.rawValue, $0.value) }),
            file: file, function: function, line: line)
    }
}
