// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A text in which parts stand for what is known of a run (contract, section 9).
///
/// | written | stands for |
/// |---|---|
/// | `${jobName}`, `${runId}`, `${attempt}` | what the action says |
/// | `${scheduledTime}` | the slot in RFC 3339, in UTC; of a run that somebody asked for, when it was made |
/// | `${slot:%Y-%m-%d}` | the same in the job's zone; letters of strftime: `Y m d H M S j s` |
/// | `$$` | a dollar |
///
/// Any other dollar stands for itself. Rendering cannot fail, and adds no control character: none of these has one, and no
/// format may.
package struct Template: Hashable, Sendable {
    /// As it was written.
    package let text: String
    let parts: [Part]

    enum Part: Hashable, Sendable {
        case plain(String)
        case jobName, runID, attempt, scheduledTime
        case slot([SlotPart])
    }

    enum SlotPart: Hashable, Sendable {
        case plain(String)
        case letter(SlotLetter)
    }

    /// The letters of strftime that a format may have.
    enum SlotLetter: Character, CaseIterable {
        case year = "Y"
        case month = "m"
        case day = "d"
        case hour = "H"
        case minute = "M"
        case second = "S"
        case dayOfYear = "j"
        case epoch = "s"
    }

    /// Takes a text as it is, whatever is in it.
    package init(plain text: String) {
        self.text = text
        parts = [.plain(text)]
    }

    /// Reads a text with templates.
    ///
    /// - Throws: what is wrong with them, without anything of the text.
    package init(_ text: String) throws(InvalidText) {
        var parts: [Part] = []
        var plain: [UInt8] = []
        func endPlain() {
            if !plain.isEmpty { parts.append(.plain(String(decoding: plain, as: UTF8.self))) }
            plain = []
        }
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let next = bytes[index] == Self.dollar && index + 1 < bytes.count ? bytes[index + 1] : 0
            switch next {
            case Self.dollar:
                plain.append(Self.dollar)
                index += 2
            case UInt8(ascii: "{"):
                guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw InvalidText("has ${ without a } after it; a plain dollar before { is written $$")
                }
                endPlain()
                parts.append(try Self.part(String(decoding: bytes[(index + 2)..<end], as: UTF8.self)))
                index = end + 1
            default:
                plain.append(bytes[index])
                index += 1
            }
        }
        endPlain()
        self.text = text
        self.parts = parts
    }

    /// The text, where nothing in it stands for something else.
    package var plainText: String? {
        if parts.isEmpty { return "" }
        guard parts.count == 1, case .plain(let text) = parts[0] else { return nil }
        return text
    }

    package static func == (left: Template, right: Template) -> Bool {
        left.text.isSameText(as: right.text) && left.parts == right.parts
    }

    private static let dollar = UInt8(ascii: "$")

    private static func part(_ name: String) throws(InvalidText) -> Part {
        switch name {
        case "jobName": return .jobName
        case "runId": return .runID
        case "attempt": return .attempt
        case "scheduledTime": return .scheduledTime
        case _ where name.hasPrefix("slot:"): return .slot(try format(name.dropFirst(5)))
        default:
            throw InvalidText(
                "has a ${…} that is none of ${jobName}, ${runId}, ${attempt}, ${scheduledTime}, ${slot:FORMAT}; "
                    + "a plain dollar before { is written $$")
        }
    }

    private static func format(_ text: Substring) throws(InvalidText) -> [SlotPart] {
        var parts: [SlotPart] = []
        var plain = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                guard scalar.properties.generalCategory != .control else {
                    throw InvalidText("holds a line end or another control character")
                }
                plain.append(scalar)
                continue
            }
            guard let letter = scalars.next().flatMap({ SlotLetter(rawValue: Character($0)) }) else {
                let letters = SlotLetter.allCases.map { "%\($0.rawValue)" }.joined(separator: " ")
                throw InvalidText("has a format of ${slot:…} with a % that is none of \(letters)")
            }
            if !plain.isEmpty { parts.append(.plain(String(plain))) }
            plain = String.UnicodeScalarView()
            parts.append(.letter(letter))
        }
        if !plain.isEmpty { parts.append(.plain(String(plain))) }
        guard parts.contains(where: { if case .letter = $0 { true } else { false } }) else {
            throw InvalidText("has a format of ${slot:…} without a letter such as %Y")
        }
        return parts
    }
}

/// What a ``Template`` is rendered with.
package struct TemplateValues: Sendable {
    let message: ActionMessage
    let slot: Timestamp
    let zone: ZoneRules

    /// `slot` is the run's slot, or when it was made; `zone` the job's.
    package init(_ message: ActionMessage, slot: Timestamp, zone: ZoneRules) {
        self.message = message
        self.slot = slot
        self.zone = zone
    }
}

extension Template {
    /// The text for one attempt; with `isEncoded` what was put into it is percent-encoded, as URLs need it.
    package func rendered(_ values: TemplateValues, isEncoded: Bool = false) -> String {
        if parts.count == 1, case .plain(let text) = parts[0] { return text }
        return parts.map { part -> String in
            let value: String
            switch part {
            case .plain(let text): return text
            case .jobName: value = values.message.jobName.text
            case .runID: value = "\(values.message.runID)"
            case .attempt: value = "\(values.message.attempt)"
            case .scheduledTime: value = values.slot.rfc3339
            case .slot(let format): value = Self.text(of: values.slot, in: values.zone, format)
            }
            return isEncoded ? PercentText.encode(value) : value
        }.joined()
    }

    private static func text(of slot: Timestamp, in zone: ZoneRules, _ format: [SlotPart]) -> String {
        let time = zone.localTime(at: slot)
        return format.map { part -> String in
            guard case .letter(let letter) = part else {
                if case .plain(let text) = part { return text }
                return ""
            }
            return switch letter {
            case .year: padded(time.year, 4)
            case .month: padded(time.month, 2)
            case .day: padded(time.day, 2)
            case .hour: padded(time.hour, 2)
            case .minute: padded(time.minute, 2)
            case .second: padded(time.second, 2)
            case .dayOfYear: padded(time.dayOfYear, 3)
            case .epoch: "\(slot.millisecondsSinceEpoch.flooredSeconds)"
            }
        }.joined()
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension LocalTime {
    /// From 1.
    fileprivate var dayOfYear: Int {
        CalendarDate(year: year, month: month, day: day).number - CalendarDate(year: year, month: 1, day: 1).number + 1
    }
}

extension Int64 {
    fileprivate var flooredSeconds: Int { Int(self).flooredQuotient(by: 1_000) }
}
