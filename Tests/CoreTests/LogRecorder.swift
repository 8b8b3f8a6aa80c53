// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Synchronization

/// Keeps what is logged, as lines without their time.
final class LogRecorder: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func logger() -> Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = LogLine(
                time: Timestamp(millisecondsSinceEpoch: 0), level: event.level, message: event.message.description,
                metadata: event.metadata ?? [:])
            recorder.kept.withLock { $0.append(String(line.rendered(as: .text).dropFirst(25))) }
        }
    }
}
