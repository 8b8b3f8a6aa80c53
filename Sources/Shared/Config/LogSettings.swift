// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging

/// How a program logs.
package struct LogSettings: Hashable, Sendable {
    /// What is less severe is left out.
    package let level: Logger.Level
    /// What a line looks like.
    package let format: LogFormat

    /// - SIMPLE_SCHEDULER_LOG_LEVEL (`trace`…`critical`, `info`).
    /// - SIMPLE_SCHEDULER_LOG_FORMAT (`text`|`json`, `text`).
    package init(from reader: inout SettingsReader) {
        level = reader.choice(.logLevel, of: Logger.Level.self, default: .info)
        format = reader.choice(.logFormat, of: LogFormat.self, default: .text)
    }

    private init(level: Logger.Level, format: LogFormat) {
        self.level = level
        self.format = format
    }

    /// The same with warnings and errors only.
    var quiet: LogSettings { LogSettings(level: max(level, .warning), format: format) }
}
