// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JobReader {
    mutating func add(_ field: String, found value: FieldValue, expected: String) {
        add(field, "found \(value.summary), expected \(expected)")
    }

    mutating func bool(_ field: String, _ value: FieldValue) -> Bool? {
        guard case .json(.bool(let value)) = value else {
            add(field, found: value, expected: "true or false")
            return nil
        }
        return value
    }

    mutating func number(
        _ field: String, _ value: FieldValue, _ range: ClosedRange<Int64>, of unit: String = ""
    ) -> Int64? {
        guard let number = value.wholeNumber, range.contains(number) else {
            add(field, found: value, expected: "a whole number\(unit) from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func span(_ field: String, _ value: FieldValue, _ range: ClosedRange<Int64>) -> Duration? {
        number(field, value, range, of: " of milliseconds").map { .milliseconds($0) }
    }

    /// `nil` also for null and for the year 1 of the Go program, without a fault.
    mutating func instant(_ field: String, _ value: FieldValue) -> Timestamp? {
        switch (value, origin) {
        case (.json(.null), _): return nil
        case (.date(let date), _) where date <= .latest: return date < .earliest ? nil : date
        case (.json(.string(let text)), .json):
            if let date = Timestamp(rfc3339: text), date <= .latest { return date < .earliest ? nil : date }
            add(field, Timestamp.problem(rfc3339: text))
        case (_, .json):
            add(field, found: value, expected: "a time such as \"2027-01-15T08:00:00Z\" (RFC 3339)")
        case (_, .document):
            add(field, found: value, expected: "a date before the year 10000")
        }
        return nil
    }

    mutating func text(_ field: String, _ value: FieldValue, atMost limit: Int) -> String? {
        if value.isNull { return nil }
        guard case .json(.string(let text)) = value else {
            add(field, found: value, expected: "a string")
            return nil
        }
        guard text.utf8.count <= limit else {
            add(field, "is longer than \(limit) bytes")
            return nil
        }
        guard !text.unicodeScalars.contains("\0") else {
            add(field, "holds a NUL character")
            return nil
        }
        return text
    }

    mutating func every(_ field: String, _ value: FieldValue) -> CalendarStep? {
        let names = CalendarStep.Unit.allCases.map(\.rawValue).joined(separator: ", ")
        guard case .json(.object(let members)) = value else {
            add(field, found: value, expected: "an object with one of \(names)")
            return nil
        }
        let parts = members.filter { $0.value != .null || origin == .json }
        guard let (name, count) = parts.first, parts.count == 1 else {
            add(field, "has \(parts.isEmpty ? "no" : "more than one") unit; expected one of \(names)")
            return nil
        }
        guard let unit = CalendarStep.Unit(rawValue: name) else {
            add("\(field).\(FieldFault.shown(name))", "is not one of \(names)")
            return nil
        }
        return number("\(field).\(name)", .json(count), unit.counts).map { CalendarStep(Int($0), unit) }
    }

    mutating func policy(_ field: String, _ value: FieldValue) -> MisfirePolicy? {
        guard let text = text(field, value, atMost: 64) else { return nil }
        guard let policy = MisfirePolicy(rawValue: text) else {
            add(field, "is none of \(MisfirePolicy.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return policy
    }

    mutating func payload(_ field: String, _ value: FieldValue) -> JSONValue? {
        switch value {
        case .json(.null): return nil
        case .json(let json):
            if !json.fits(JobField.largestPayload) { add(field, "larger than 256 KiB as JSON") }
            return json
        case .date, .other:
            add(field, found: value, expected: "JSON")
            return nil
        }
    }

    mutating func backoff(_ field: String, _ value: FieldValue) -> RetryBackoff? {
        guard case .json(.object(let parts)) = value else {
            add(field, found: value, expected: "an object with initial, factor and max")
            return nil
        }
        var backoff = RetryBackoff()
        for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
            if part == .null, origin == .document { continue }
            let path = "\(field).\(name)"
            switch name {
            case "initial": backoff.initial = span(path, .json(part), 0...JobField.longestSpan) ?? .zero
            case "max": backoff.maximum = span(path, .json(part), 0...JobField.longestSpan) ?? .zero
            case "factor": backoff.factor = factor(path, part) ?? 1
            default: add(path, "is not one of initial, factor, max")
            }
        }
        return backoff
    }

    private mutating func factor(_ field: String, _ value: JSONValue) -> Double? {
        let number: Double? =
            switch value {
            case .int(let value): Double(value)
            case .double(let value): value
            default: nil
            }
        guard let number, (1...100).contains(number) else {
            add(field, found: .json(value), expected: "a number from 1 to 100")
            return nil
        }
        return number
    }

    mutating func labels(_ field: String, _ value: FieldValue) -> [String: String] {
        guard case .json(.object(let pairs)) = value else {
            add(field, found: value, expected: "an object of texts")
            return [:]
        }
        guard pairs.count <= JobLabel.largestCount else {
            add(field, "has more than \(JobLabel.largestCount) labels")
            return [:]
        }
        var labels: [String: String] = [:]
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
            if value == .null, origin == .document { continue }
            guard JobLabel.isKey(key) else {
                add(field, "has a key that is not \(JobLabel.keyRule)")
                continue
            }
            guard case .string(let text) = value, JobLabel.isValue(text) else {
                add("\(field).\(key)", "is not \(JobLabel.valueRule)")
                continue
            }
            labels[key] = text
        }
        return labels
    }
}
