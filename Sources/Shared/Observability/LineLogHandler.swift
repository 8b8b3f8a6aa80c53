// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging

/// Writes swift-log entries through a ``LogSink``.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level

    private let format: LogFormat
    private let sink: LogSink
    private let now: @Sendable () -> Timestamp

    /// Several handlers may share a sink.
    ///
    /// `now` is the wall clock.
    package init(
        level: Logger.Level, format: LogFormat, sink: LogSink,
        now: @escaping @Sendable () -> Timestamp = { SystemClock().now() }
    ) {
        logLevel = level
        self.format = format
        self.sink = sink
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        if let error = event.error { all[LogKey.error.rawValue] = "\(error)" }
        let time = now()
        let line = LogLine(time: time, level: event.level, message: event.message.description, metadata: all)
        sink.write(line.rendered(as: format)) { lost in
            LogLine(
                time: time, level: .warning, message: "log lines were lost",
                metadata: [LogKey.count.rawValue: "\(lost)"]
            ).rendered(as: format)
        }
    }
}
