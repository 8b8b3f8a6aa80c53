// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The value of a field as people read it.
enum FieldText {
    static func text(_ name: String, _ value: JSONValue, _ screen: Screen) -> String {
        switch value {
        case .string(let text):
            if screen.isTerminal, let time = Timestamp(rfc3339: text) {
                return "\(time.rfc3339) (\(RelativeTime.text(time, from: screen.now)))"
            }
            return name == "status"
                ? screen.styled(EscapedText.bare(text), Style(RunStatus(rawValue: text))) : EscapedText.bare(text)
        case .int(let number) where JobField(rawValue: name)?.isSpan == true: return SpanText.text(number)
        case .double(let part) where name == "progress": return percent(part)
        case .bool(let isTrue): return isTrue ? "yes" : "no"
        case .array(let words) where name == "scopes":
            return words.map { word in
                if case .string(let text) = word { EscapedText.bare(text) } else { PrettyJSON.compact(word) }
            }.joined(separator: " ")
        case .array(let notes) where name == "notes":
            return notes.map { note in
                if case .string(let text) = note { EscapedText.bare(text) } else { PrettyJSON.compact(note) }
            }.joined(separator: "; ")
        case .object where name == "every": return step(value) ?? PrettyJSON.compact(value)
        case .object(let pairs) where name == "labels":
            return pairs.sorted { $0.key < $1.key }.map { key, value in
                if case .string(let text) = value { EscapedText.bare("\(key)=\(text)") } else { EscapedText.bare(key) }
            }.joined(separator: ", ")
        default: return PrettyJSON.compact(value)
        }
    }

    /// `{"months": 2}` as `2 months`; `nil` for a step of a future API.
    static func step(_ value: JSONValue) -> String? {
        guard case .object(let members) = value, let (name, count) = members.first, members.count == 1,
            let unit = CalendarStep.Unit(rawValue: name), let count = FieldValue.json(count).wholeNumber,
            unit.counts.contains(count)
        else { return nil }
        return CalendarStep(Int(count), unit).description
    }

    /// `0.456` as `45 %`: never 100 before the end.
    static func percent(_ part: Double) -> String {
        "\(Int((min(max(part, 0), 1) * 100).rounded(.down))) %"
    }
}
