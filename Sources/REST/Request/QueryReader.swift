// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ServiceHost
package import Shared

/// Reads the parameters of a query, strictly, and gathers what is wrong with them.
package struct QueryReader {
    private var values: [String: [String]] = [:]
    /// What is wrong so far, one entry per parameter.
    package private(set) var faults: [FieldFault] = []

    /// Splits a query; names that are not among `known` are faults, so that a slip of the pen does not widen a list, unless the caller
    /// `isLenient`.
    package init(_ query: Substring, known: Set<String>, isLenient: Bool = false) {
        for part in query.utf8.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first.flatMap({ PercentText.decode($0, plusIsSpace: true) }) else {
                faults.append(FieldFault("query", "is not percent-encoded UTF-8"))
                continue
            }
            guard known.contains(name) else {
                if isLenient { continue }
                let list = known.isEmpty ? "there are none here" : known.sorted().joined(separator: ", ")
                faults.append(FieldFault(FieldFault.shown(name), "is not a parameter here; known: \(list)"))
                continue
            }
            guard pair.count == 2 else {
                faults.append(FieldFault(name, "has no value: \(name)=…"))
                continue
            }
            guard let value = PercentText.decode(pair[1], plusIsSpace: true) else {
                faults.append(FieldFault(name, "is not percent-encoded UTF-8"))
                continue
            }
            values[name, default: []].append(value)
        }
    }

    /// Notes a fault of a parameter.
    package mutating func add(_ name: String, _ problem: String) {
        faults.append(FieldFault(name, problem))
    }

    /// Throws when anything is wrong.
    package func check() throws(Problem) {
        if !faults.isEmpty { throw .badQuery(faults) }
    }

    /// All values of a parameter that may repeat.
    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The value of a parameter that may stand once.
    package mutating func one(_ name: String) -> String? {
        let all = values[name] ?? []
        if all.count > 1 { add(name, "stands more than once") }
        return all.first
    }

    /// The most elements of a page.
    package mutating func limit() -> Int { number("limit", in: 1...1_000, default: 100) }

    /// A whole number in decimal digits.
    package mutating func number(_ name: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let text = one(name) else { return fallback }
        let isPlain = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isPlain, let number = Int(text), range.contains(number) else {
            add(name, "is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    /// An instant as RFC 3339.
    ///
    /// After the date a space may stand for the `T` (section 5.6); one after the time is a plus sign that was not encoded.
    package mutating func time(_ name: String) -> Timestamp? {
        guard let text = one(name) else { return nil }
        let dateAndMark = 11
        let time = Timestamp(
            rfc3339: text.prefix(dateAndMark) + String(text.dropFirst(dateAndMark).map { $0 == " " ? "+" : $0 }))
        guard let time, (Timestamp.earliest...Timestamp.latest).contains(time) else {
            add(name, "is no time such as 2027-01-15T08:00:00Z or 2027-01-15T09:00:00%2B01:00 (RFC 3339)")
            return nil
        }
        return time
    }

    /// The name of a job.
    package mutating func jobName(_ name: String) -> JobName? {
        guard let text = one(name) else { return nil }
        do {
            return try JobName(text)
        } catch {
            add(name, error.reason)
            return nil
        }
    }

    /// The id of a run or a manager.
    package mutating func identifier(_ name: String) -> Identifier? {
        guard let text = one(name) else { return nil }
        guard let id = Identifier(hex: text) else {
            add(name, "is not 24 hexadecimal digits")
            return nil
        }
        return id
    }

    /// The query of the next page: this one, with another `after`.
    package func next(after cursor: String) -> String {
        let pairs = values.filter { $0.key != "after" }.sorted { $0.key < $1.key }.flatMap { name, values in
            values.map { "\(name)=\(PercentText.encode($0))" }
        }
        return (pairs + ["after=\(PercentText.encode(cursor))"]).joined(separator: "&")
    }
}
