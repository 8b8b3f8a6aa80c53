// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a log line looks like; the raw values are those of `SIMPLE_SCHEDULER_LOG_FORMAT`.
package enum LogFormat: String, CaseIterable, Sendable {
    /// Time, level, text and `key=value` pairs, for people.
    case text
    /// One JSON object, for machines.
    case json
}
