// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging

/// One log entry, and how it is written.
///
/// Pure; the result has no line end.
package struct LogLine: Sendable {
    /// When it was logged.
    package let time: Timestamp
    /// How severe it is.
    package let level: Logger.Level
    /// What happened.
    package let message: String
    /// The rest; keys in any order.
    package let metadata: Logger.Metadata

    package init(time: Timestamp, level: Logger.Level, message: String, metadata: Logger.Metadata = [:]) {
        self.time = time
        self.level = level
        self.message = message
        self.metadata = metadata
    }

    /// The entry in one of the formats: always exactly one line.
    package func rendered(as format: LogFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        }
    }

    /// `<time> <level> <message> key=value key="a value"`, sorted by key.
    private var text: String {
        var line = "\(time.rfc3339) \(level.rawValue) \(EscapedText.bare(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(Self.word(key))=\(Self.word(Self.plain(value)))"
        }
        return line
    }

    /// `{"time":…,"level":…,"message":…,"metadata":{…}}`; metadata has its own object, so no key of it hides another.
    private var json: String {
        var line = "{\"time\":\"\(time.rfc3339)\",\"level\":\"\(level.rawValue)\""
        line += ",\"message\":\(EscapedText.quoted(message))"
        if !metadata.isEmpty { line += ",\"metadata\":\(Self.json(.dictionary(metadata)))" }
        return line + "}"
    }

    /// Bare where that is unmistakable, else quoted.
    private static func word(_ text: String) -> String {
        let isBare = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "="): false
            default: byte > 0x20 && byte < 0x7f
            }
        }
        return isBare && !text.isEmpty ? text : EscapedText.quoted(text)
    }

    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): values.map(plain).joined(separator: ",")
        case .dictionary: json(value)
        }
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): EscapedText.quoted(text)
        case .stringConvertible(let value): EscapedText.quoted(value.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }
                .map { "\(EscapedText.quoted($0.key)):\(json($0.value))" }.joined(separator: ",")
                + "}"
        }
    }
}
