// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Reads the fields of one expression, one after the other, into sets of bits.
struct CronFieldReader {
    /// What `H` is made of.
    let job: JobName
    /// A bit for each value of the fields that are plain sets: all but the two of days.
    private(set) var values: [CronField: UInt64] = [:]
    /// The two fields of days.
    private(set) var days = CronDays()
    /// See ``CronExpression/hasWildcardHour``.
    private(set) var hasWildcardHour = false

    private var field = CronField.second
    private var position = 0
    private var restrictedDays: Set<CronField> = []

    init(job: JobName) {
        self.job = job
    }

    /// Takes the second 0 for an expression that has no field for it.
    mutating func setWholeMinutes() {
        values[.second] = 1
    }

    /// Reads the text of one field, which is the `position`-th of the expression, from 1.
    mutating func read(_ text: String, as field: CronField, at position: Int) throws(InvalidCronExpression) {
        self.field = field
        self.position = position
        let isDay = field == .dayOfMonth || field == .dayOfWeek
        // As in Vixie's cron: a day field that starts with a star does not widen what the other one says.
        if isDay, !text.hasPrefix("*"), text != "?" { restrictedDays.insert(field) }
        days.needsBoth = restrictedDays.count < 2
        if text == "?" {
            guard isDay else {
                throw fault(text, "stands only for the day of month or the day of week")
            }
            for value in field.wholeRange { insert(value) }
            return
        }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw fault(text, "has a comma with nothing before or after it") }
            try readPart(String(part))
        }
    }

    private mutating func readPart(_ part: String) throws(InvalidCronExpression) {
        let upper = part.uppercased()
        if field == .dayOfMonth, try readCountedDay(upper, of: part) { return }
        if field == .dayOfWeek, try readCountedWeekday(upper, of: part) { return }
        let pieces = upper.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let step =
            pieces.count > 1 ? try number(pieces[1], within: 1...field.wholeRange.count, as: "step", of: part) : nil
        let base = pieces[0]
        if field == .hour, base == "*" || (base == "H" && step != nil) { hasWildcardHour = true }
        if base.hasPrefix("H") {
            try insertHashed(base, step: step, of: part)
        } else {
            let range = try range(base, isOpen: step != nil, of: part)
            for value in stride(from: range.lowerBound, through: range.upperBound, by: step ?? 1) { insert(value) }
        }
    }

    /// `L`, `L-3`, `LW` and `15W`.
    private mutating func readCountedDay(_ upper: String, of part: String) throws(InvalidCronExpression) -> Bool {
        if upper == "L" {
            days.fromLast |= 1
        } else if upper == "LW" {
            days.nearestWeekday |= 1
        } else if upper.hasPrefix("L-") {
            days.fromLast |= 1 << (try number(String(upper.dropFirst(2)), within: 1...30, as: "distance", of: part))
        } else if upper.hasSuffix("W") {
            days.nearestWeekday |= 1 << (try value(String(upper.dropLast()), of: part))
        } else {
            return false
        }
        return true
    }

    /// `5L` and `5#3`.
    private mutating func readCountedWeekday(_ upper: String, of part: String) throws(InvalidCronExpression) -> Bool {
        if upper == "L" {
            throw fault(part, "needs a day before it, as in 5L for the last Friday of the month")
        } else if upper.hasSuffix("L") {
            days.lastWeekdays |= 1 << (try value(String(upper.dropLast()), of: part) % 7)
        } else if let mark = upper.firstIndex(of: "#") {
            let weekday = try value(String(upper[..<mark]), of: part) % 7
            let count = try number(String(upper[upper.index(after: mark)...]), within: 1...5, as: "count", of: part)
            days.numberedWeekdays |= 1 << (7 * (count - 1) + weekday)
        } else {
            return false
        }
        return true
    }

    /// `H`, `H(0-29)`, `H/15` and `H(0-29)/10`.
    private mutating func insertHashed(_ base: String, step: Int?, of part: String) throws(InvalidCronExpression) {
        var range = step == nil ? field.hashRange : field.wholeRange
        if base != "H" {
            guard base.hasPrefix("H("), base.hasSuffix(")") else {
                throw fault(part, "is not H, H(first-last) or H/step", isSyntax: true)
            }
            let inner = String(base.dropFirst(2).dropLast())
            guard inner.contains("-") else { throw fault(part, "needs a range in the brackets, as in H(0-5)") }
            range = try self.range(inner, isOpen: false, of: part)
        }
        let first = range.lowerBound + CronHash.value(of: job, in: field, below: min(step ?? range.count, range.count))
        for value in stride(from: first, through: step == nil ? first : range.upperBound, by: step ?? 1) {
            insert(value)
        }
    }

    /// `*`, `5`, `1-5`; a single value is open to the end of the field when a step follows.
    private func range(_ text: String, isOpen: Bool, of part: String) throws(InvalidCronExpression) -> ClosedRange<Int>
    {
        if text == "*" { return field.wholeRange }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let first = try value(ends[0], of: part)
        guard ends.count > 1 else {
            return first...(isOpen ? max(first, field.wholeRange.upperBound) : first)
        }
        let last = try value(ends[1], of: part)
        if first <= last { return first...last }
        // A week has no end: FRI-MON is what it says.
        if field == .dayOfWeek { return first...(last + 7) }
        throw fault(
            part,
            "ends before it begins; write it as two ranges, "
                + "\(ends[0])-\(field.range.upperBound),\(field.range.lowerBound)-\(ends[1])")
    }

    private func value(_ text: String, of part: String) throws(InvalidCronExpression) -> Int {
        if let named = field.names[text] { return named }
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw fault(part, "is not understood", isSyntax: true)
        }
        guard text.utf8.count <= 4, let value = Int(text), field.range.contains(value) else {
            throw fault(part, "is out of range", isSyntax: true)
        }
        return value
    }

    private func number(
        _ text: String, within range: ClosedRange<Int>, as role: String, of part: String
    ) throws(InvalidCronExpression) -> Int {
        let digits = text.utf8
        guard !digits.isEmpty, digits.count <= 4,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int(text), range.contains(value)
        else {
            throw fault(part, "has a \(role) that is not \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private mutating func insert(_ value: Int) {
        switch field {
        case .dayOfMonth: days.days |= 1 << value
        case .dayOfWeek: days.weekdays |= 1 << (value % 7)
        default: values[field, default: 0] |= 1 << value
        }
    }

    private func fault(_ text: String, _ reason: String, isSyntax: Bool = false) -> InvalidCronExpression {
        InvalidCronExpression(
            field: field, position: position, text: text, reason: reason, allowed: isSyntax ? field.allowed : "")
    }
}
