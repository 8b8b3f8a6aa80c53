// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging

/// The keys of log metadata, all that our programs use; docs/telemetry.md is their table.
package enum LogKey: String, CaseIterable, Sendable {
    /// What somebody wanted to do.
    case action
    /// The address that a server listens on.
    case address
    /// The address of the broker, without user and password.
    case broker
    /// The client program that somebody used.
    case client
    /// Which connection to the broker: `publisher`, `consumer` or `remover`.
    case connection
    /// How many things the line is about.
    case count
    /// Which attempt of a run, from 1.
    case attempt
    /// How many jobs were found deleted.
    case deleted
    /// What went wrong, in words fit for a log.
    case error
    /// The first slot of a row.
    case first
    /// The status that a run had.
    case from
    /// How many jobs this instance holds.
    case held
    /// The name of a job.
    case job
    /// The names of some jobs, not always of all.
    case jobs
    /// The last slot of a row.
    case last
    /// The id under which an instance locks jobs.
    case manager
    /// How many milliseconds something took or will take.
    case milliseconds
    /// What somebody wanted to change: the name of a job or the id of a run.
    case object
    /// What was being done.
    case purpose
    /// Why something was done or left undone.
    case reason
    /// All that is wrong with a document.
    case reasons
    /// The id of a request, as in its answer.
    case request
    /// The id of a run.
    case run
    /// The HTTP status of an answer.
    case status
    /// Who wanted something: `sub` of the token.
    case subject
    /// The status that a run has now.
    case to
    /// The version of the program.
    case version
}

extension Logger {
    /// What each line of this logger says besides.
    package subscript(_ key: LogKey) -> MetadataValue? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }

    /// Logs a fixed text with metadata under our own keys.
    package func log(
        _ level: Level, _ text: @autoclosure () -> Message,
        _ values: @autoclosure () -> KeyValuePairs<LogKey, MetadataValue> = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(
            level: level, text(),
            metadata: Dictionary(uniqueKeysWithValues: values().map { ($0.key.rawValue, $0.value) }),
            file: file, function: function, line: line)
    }
}
