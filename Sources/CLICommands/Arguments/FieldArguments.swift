// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A duration on the command line: `90s`, `5m`, or milliseconds.
struct SpanArgument: Sendable {
    let milliseconds: Int64

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        guard let milliseconds = SpanText.milliseconds(text) else { throw ValidationError(SpanText.problem(text)) }
        self.milliseconds = milliseconds
    }
}

/// A step on the calendar on the command line: `1 month`, `2 weeks`, `months=1`.
struct StepArgument: Sendable {
    let step: CalendarStep

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        guard let step = CalendarStep(text: text) else {
            throw ValidationError("is not \(CalendarStep.expected); at most a hundred years")
        }
        self.step = step
    }
}

/// An instant on the command line: RFC 3339, `now`, or `+5m` from now.
struct InstantArgument: Sendable {
    let time: Timestamp

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        try self.init(text, now: SystemClock().now())
    }

    init(_ text: String, now: Timestamp) throws {
        if text == "now" {
            time = now
        } else if text.hasPrefix("+") {
            time = now + .milliseconds(try SpanArgument(text: String(text.dropFirst())).milliseconds)
        } else if let time = Timestamp(rfc3339: text), (Timestamp.earliest...Timestamp.latest).contains(time) {
            self.time = time
        } else {
            throw ValidationError("\(Timestamp.problem(rfc3339: text)); now and +5m (from now) are taken, too")
        }
    }
}

/// The value of a flag that may be left out, as it was typed.
///
/// Any text is taken here: the parser would say nothing of one that is refused, and take the flag's default instead.
struct TruthArgument: ExpressibleByArgument, CustomStringConvertible, Sendable {
    let text: String

    init(argument: String) {
        text = argument
    }

    /// What it means, in any case of its letters, as people and other programs write it; `nil` for anything else.
    var isTrue: Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// - Throws: `ValidationError` when it means nothing.
    func check(_ flag: String) throws {
        if isTrue == nil { throw ValidationError("'\(text)' is no value for '\(flag)': true or false.") }
    }

    var description: String { text }

    /// What help and a shell's completion propose.
    static var allValueStrings: [String] { ["true", "false"] }
}

/// A backoff on the command line: `initial=1s,factor=2,max=5m`, in any order; what is left out has its default.
struct BackoffArgument: ExpressibleByArgument, Sendable {
    let json: JSONValue

    init?(argument: String) {
        var parts: [String: JSONValue] = [:]
        for pair in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", maxSplits: 1).map { String($0) }
            guard sides.count == 2, parts[sides[0]] == nil else { return nil }
            switch sides[0] {
            case "initial", "max":
                guard let span = SpanText.milliseconds(sides[1]) else { return nil }
                parts[sides[0]] = .int(span)
            case "factor":
                guard let factor = Double(sides[1]), factor.isFinite else { return nil }
                parts["factor"] = Int64(exactly: factor).map { .int($0) } ?? .double(factor)
            default: return nil
            }
        }
        json = .object(parts)
    }
}

/// A label on the command line: `key=value`.
struct LabelArgument: Sendable {
    let key: String
    let value: String

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2 else { throw ValidationError("is not key=value") }
        guard JobLabel.isKey(parts[0]) else { throw ValidationError("its key is not \(JobLabel.keyRule)") }
        guard JobLabel.isValue(parts[1]) else { throw ValidationError("its value is not \(JobLabel.valueRule)") }
        (key, value) = (parts[0], parts[1])
    }
}

extension [LabelArgument] {
    /// As the value of the field `labels`; `nil` without any.
    func json() throws -> JSONValue? {
        guard !isEmpty else { return nil }
        var labels: [String: JSONValue] = [:]
        for label in self where labels.updateValue(.string(label.value), forKey: label.key) != nil {
            throw ValidationError("--label gives two values to the key \(label.key)")
        }
        return .object(labels)
    }

    /// As the filter of the API; `nil` without any.
    var filter: String? {
        isEmpty ? nil : map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

/// A payload on the command line: JSON, or `@` and the file that holds it (`@-` = standard input).
struct PayloadArgument: ExpressibleByArgument, Sendable {
    let text: String

    init?(argument: String) {
        text = argument
    }

    /// The payload itself; reads the file.
    func json() throws -> JSONValue {
        let path = text.hasPrefix("@") ? String(text.dropFirst()) : nil
        let bytes = try path.map { try InputFile.text(at: $0) } ?? Array(text.utf8)
        do {
            return try JSONReader.read(bytes)
        } catch {
            let file = path.map { "\($0 == "-" ? "standard input" : EscapedText.bare($0)):" } ?? ""
            throw CLIFailure(
                .usage, "--payload: not JSON: \(file)\(error.place(in: bytes)): \(error.reason)",
                hints: #"A text needs quotes of its own: --payload '"text"'. From a file: --payload @file.json"#)
        }
    }
}
