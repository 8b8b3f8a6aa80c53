// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension CronExpression {
    /// The longest text, in bytes.
    package static let longestText = 256

    /// Reads five fields, six with the seconds first, or a name such as `@daily`; white space around it does not matter.
    ///
    /// `job` is what `H` is made of: the same job always gets the same values.
    ///
    /// - Throws: ``InvalidCronExpression``, also for an expression that no day of the calendar can match.
    package init(_ text: String, job: JobName) throws(InvalidCronExpression) {
        let trimmed = try Self.printable(text)
        let source = trimmed.first == "@" ? try Self.expansion(of: trimmed) : trimmed
        let parts = source.split { $0 == " " || $0 == "\t" }.map(String.init)
        if let mistake = CronMistake.find(in: parts) { throw mistake }
        guard parts.count == 5 || parts.count == 6 else {
            throw InvalidCronExpression(
                reason: "an expression has 5 fields (minute, hour, day of month, month, day of week), "
                    + "or 6 with the second first, not \(parts.count)")
        }
        let withoutSeconds = parts.count == 5
        let fields = withoutSeconds ? Array(CronField.allCases.dropFirst()) : CronField.allCases
        var reader = CronFieldReader(job: job)
        if withoutSeconds { reader.setWholeMinutes() }
        if !withoutSeconds, let mistake = CronMistake.quartzDays(in: parts) { throw mistake }
        for (index, field) in fields.enumerated() {
            try reader.read(parts[index], as: field, at: index + 1)
        }
        self.init(
            text: text, hasWildcardHour: reader.hasWildcardHour, seconds: reader.values[.second, default: 0],
            minutes: reader.values[.minute, default: 0], hours: reader.values[.hour, default: 0],
            months: reader.values[.month, default: 0], days: reader.days)
        guard canMatch else {
            throw InvalidCronExpression(text: trimmed, reason: "never matches: no month that it names has such a day")
        }
    }

    /// The names that stand for whole expressions, in lower case.
    private static let named = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// Nothing that is shown later can then command a terminal.
    private static func printable(_ text: String) throws(InvalidCronExpression) -> String {
        let bytes = text.utf8
        guard bytes.count <= longestText else {
            throw InvalidCronExpression(reason: "an expression has at most \(longestText) bytes, not \(bytes.count)")
        }
        let isBlank = { (scalar: Unicode.Scalar) in " \t\r\n".unicodeScalars.contains(scalar) }
        let trimmed = text.unicodeScalars.drop(while: isBlank)
        guard let last = trimmed.lastIndex(where: { !isBlank($0) }) else {
            throw InvalidCronExpression(reason: "the expression is empty")
        }
        for scalar in trimmed[...last] where !(0x20..<0x7f).contains(scalar.value) && scalar != "\t" {
            throw CronMistake.character(scalar)
        }
        return trimmed[...last].map { $0 == "\t" ? " " : String($0) }.joined()
    }

    private static func expansion(of name: String) throws(InvalidCronExpression) -> String {
        if let source = named[name.lowercased()] { return source }
        if name.lowercased().hasPrefix("@every") { throw CronMistake.span(name) }
        let reason =
            name.lowercased() == "@reboot"
            ? "is no time: jobs do not belong to a machine that boots" : "is not a name that is known"
        throw InvalidCronExpression(
            text: name, reason: reason,
            allowed: "@hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually")
    }

    /// Looks through one whole cycle of the calendar.
    private var canMatch: Bool {
        let start = CalendarDate(year: 2000, month: 1, day: 1)
        guard let day = firstDay(notBefore: start.number) else { return false }
        return day < start.number + CalendarDate.cycleDays
    }
}
