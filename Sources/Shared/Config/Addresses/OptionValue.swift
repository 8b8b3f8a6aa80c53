// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

/// What the value of an option may be.
indirect enum OptionValue: Sendable {
    /// `true` or `false`, in capitals, too.
    case flag
    /// A whole number.
    case number(ClosedRange<Int>)
    /// Milliseconds or a size; 0, which stands for "no limit", takes the default, because we never wait without one.
    case limit(ClosedRange<Int>)
    /// Any text of so many bytes at most.
    case text(longest: Int)
    /// The same, beginning with a letter.
    case name(longest: Int)
    /// One of these, in capitals or not.
    case word([String])
    /// Some of these, separated by commas.
    case words([String])
    /// `NAME:VALUE`, several separated by commas, or nothing.
    case pairs
    /// The path of a readable PEM file that holds all of these, such as `CERTIFICATE`.
    case file([String])
    /// What the first of two takes, or else the second.
    case either(OptionValue, OptionValue)
    /// No value will do, with what to do instead.
    case refused(String)

    /// What was expected, to follow "expected" and the name.
    var expected: String {
        switch self {
        case .flag: "as true or false"
        case .number(let range): "as a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .limit(let range):
            "as a whole number from \(range.lowerBound) to \(range.upperBound), or 0 for the default"
        case .text(let longest): "as a text of 1 to \(longest) bytes"
        case .name(let longest): "as a name of 1 to \(longest) bytes"
        case .word(let words): "as " + (words.count == 1 ? words[0] : "one of " + words.joined(separator: ", "))
        case .words(let words): "as some of \(words.joined(separator: ",")), separated by commas"
        case .pairs: "as NAME:VALUE, several separated by commas"
        case .file(let kinds):
            "as the path of a PEM file that can be read and holds \(kinds.joined(separator: " and "))"
        case .either(let first, let second): "\(first.expected), or \(second.expected)"
        case .refused(let instead): instead
        }
    }

    /// The value in its usual spelling; `nil` when it does not do.
    func normal(_ text: String) -> String? {
        switch self {
        case .flag: return ["true", "false"].first { $0 == text.lowercased() }
        case .number(let range): return Self.number(text, in: range)
        case .limit(let range): return text == "0" ? text : Self.number(text, in: range)
        case .text(let longest): return (1...longest).contains(text.utf8.count) ? text : nil
        case .name(let longest): return text.first?.isLetter == true && text.utf8.count <= longest ? text : nil
        case .word(let words): return words.first { $0.lowercased() == text.lowercased() }
        case .words(let words):
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let found = parts.compactMap { part in words.first { $0 == part.lowercased() } }
            return found.count == parts.count ? found.joined(separator: ",") : nil
        case .pairs:
            return text.split(separator: ",").allSatisfy { $0.contains(":") && !$0.hasPrefix(":") } ? text : nil
        case .file(let kinds):
            guard let data = FileManager.default.contents(atPath: text) else { return nil }
            let content = String(decoding: data, as: UTF8.self)
            return kinds.allSatisfy { content.contains("\($0)-----") } ? text : nil
        case .either(let first, let second): return first.normal(text) ?? second.normal(text)
        case .refused: return nil
        }
    }

    /// Decimal digits with or without a minus.
    private static func number(_ text: String, in range: ClosedRange<Int>) -> String? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return String(number)
    }
}
