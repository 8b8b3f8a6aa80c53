// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What is right in another program's schedules and means nothing, or something else, here; each with what to write instead.
enum CronMistake {
    /// Looks at the fields before they are read one by one; `nil` = nothing is known about them.
    static func find(in parts: [String]) -> InvalidCronExpression? {
        guard let first = parts.first, let last = parts.last else { return nil }
        let lower = first.lowercased()
        if lower.hasPrefix("cron_tz=") || lower.hasPrefix("tz=") { return zone(first) }
        if lower.hasPrefix("cron(") {
            return InvalidCronExpression(text: first, reason: "is no field: write what stands in the brackets")
        }
        if lower.hasPrefix("rate(") || parts.count == 1 && isSpan(first) { return span(parts.joined(separator: " ")) }
        guard parts.count > 1 else { return nil }
        if isZone(last) { return zone(last) }
        if last.hasPrefix("/") || last.hasPrefix("./") {
            return InvalidCronExpression(
                text: last, reason: "is no field: a job has no command, its worker does the work")
        }
        if parts.count == 7 { return year(last, of: "the seventh field, which is Quartz's,") }
        if parts.count == 6, parts[2] == "?" || parts[4] == "?" {
            return year(last, of: "the sixth field, which is that of AWS where ? stands for the days,")
        }
        return nil
    }

    /// Numbers of days in an expression with seconds and a `?`, which is how Quartz writes them: there 1 is Sunday.
    static func quartzDays(in parts: [String]) -> InvalidCronExpression? {
        guard parts.count == 6, parts[3] == "?" else { return nil }
        // A step is none, and what follows a # is a count.
        let days = parts[5].split { $0 == "," || $0 == "-" }.compactMap { $0.split { $0 == "/" || $0 == "#" }.first }
        guard days.contains(where: { $0.first?.isNumber == true }) else { return nil }
        return InvalidCronExpression(
            field: .dayOfWeek, position: 6, text: parts[5],
            reason:
                "stands for other days in Quartz, where ? comes from and 1 is Sunday; write names, such as MON-FRI, "
                + "or * for the ?")
    }

    /// A duration where an expression should be.
    static func span(_ text: String) -> InvalidCronExpression {
        InvalidCronExpression(
            text: text, reason: "is no cron expression: write interval instead, in milliseconds (300000 for 5 minutes)")
    }

    /// A character that no expression has.
    static func character(_ scalar: Unicode.Scalar) -> InvalidCronExpression {
        let number = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        let hint =
            scalar == "\n" || scalar == "\r"
            ? "a line break, and it is one line"
            : meant(scalar).map { "\(name); write \($0)" } ?? name
        return InvalidCronExpression(
            reason: "an expression holds only printable ASCII characters, spaces and tabs, and this one \(hint)")
    }

    /// What a word processor, or another script, made of a character.
    private static func meant(_ scalar: Unicode.Scalar) -> String? {
        if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue {
            return "\(Int(value))"
        }
        switch scalar.value {
        case 0x2010...0x2015, 0x2212, 0xfe58, 0xfe63, 0xff0d: return "-"
        case 0x2217, 0x22c6, 0xff0a, 0xd7: return "*"
        case 0x2044, 0x2215, 0xff0f: return "/"
        case 0x201a, 0x3001, 0xff0c: return ","
        case 0xff1f: return "?"
        case 0xff03: return "#"
        case 0xa0, 0x2000...0x200b, 0x202f, 0x205f, 0x3000, 0xfeff: return "a space"
        default: return nil
        }
    }

    private static func zone(_ text: String) -> InvalidCronExpression {
        let name = text.split(separator: "=").last.map(String.init) ?? text
        return InvalidCronExpression(
            text: text, reason: "is no field: the time zone is a field of the job, \"timeZone\": \"\(name.prefix(40))\""
        )
    }

    private static func year(_ text: String, of place: String) -> InvalidCronExpression {
        InvalidCronExpression(
            text: text,
            reason: "is the year, in \(place) and there is none here: leave it out; startAt and endAt limit a schedule")
    }

    /// `Europe/Berlin` and the like; no field has letters on both sides of a slash.
    private static func isZone(_ text: String) -> Bool {
        if ["UTC", "GMT", "Z", "LOCAL"].contains(text.uppercased()) { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy {
                $0.first?.isLetter == true && $0.allSatisfy { $0.isLetter || $0.isNumber || "_+-".contains($0) }
            }
            && parts[0].count > 1
    }

    /// `5m`, `1h30m`, `90s`.
    private static func isSpan(_ text: String) -> Bool {
        text.first?.isNumber == true && text.last?.isLetter == true
            && text.allSatisfy { $0.isNumber || "dhmsDHMS".contains($0) }
    }
}
