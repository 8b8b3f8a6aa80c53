// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Takes the tokens of a POSIX rule off the front of its text.
struct ZoneRuleReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ mark: Unicode.Scalar) -> Bool {
        rest.first == UInt8(ascii: mark)
    }

    mutating func skip(_ mark: Unicode.Scalar) throws(MalformedZoneFile) {
        guard isAt(mark) else { throw Self.fault }
        rest.removeFirst()
    }

    /// Three letters or more, or anything in angle brackets.
    mutating func skipName() throws(MalformedZoneFile) {
        if isAt("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw Self.fault }
            rest = rest[rest.index(after: end)...]
            return
        }
        let name = rest.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xdf) }
        guard name.count >= 3 else { throw Self.fault }
        rest = rest[name.endIndex...]
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hours: Int) throws(MalformedZoneFile) -> Int {
        let isNegative = isAt("-")
        if isNegative || isAt("+") { rest.removeFirst() }
        var seconds = try number(within: 0...hours) * 3_600
        for unit in [60, 1] where isAt(":") {
            rest.removeFirst()
            seconds += try number(within: 0...59) * unit
        }
        return isNegative ? -seconds : seconds
    }

    mutating func number(within range: ClosedRange<Int>) throws(MalformedZoneFile) -> Int {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...4).contains(digits.count), let value = Int(Substring(digits)), range.contains(value) else {
            throw Self.fault
        }
        rest = rest[digits.endIndex...]
        return value
    }

    private static let fault = MalformedZoneFile("has a footer that is no rule")
}
