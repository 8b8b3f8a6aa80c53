// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import Shared

/// Reads the body with which a client of ClockMonster makes a job, as what a client of ours would have said.
struct ClockJobBody {
    /// Our fields.
    private(set) var fields: [String: JSONValue] = [:]
    /// What is kept beside them.
    private(set) var terms: ClockMonsterTerms?

    private static let types = ["ONCE", "REPEATING"]
    private static let longestSecret = 1_024
    /// Where our faults are in the words of the client.
    private static let names = [
        "delivery.http.url": "action.http.url", "nextRunAt": "time.nextRunUnix", "interval": "time.interval",
        "endAt": "time.iterations",
    ]

    /// - Throws: 422 with the names of the client's fields.
    init(_ members: [String: JSONValue], id: Int64, now: Timestamp, rules: AddressRules) throws(Problem) {
        var body = DialectBody(members)
        let time = body.object("time")
        if time == nil, !body.has("time") { body.add("time", "is missing") }
        var clock = DialectBody(time ?? [:], at: "time")
        let slots = Self.slots(&clock, isGiven: time != nil, now: now)
        body.add(clock.faults)

        let action = Self.action("action", members["action"], &body)
        let failure = DialectBody(body.object("failure") ?? [:], at: "failure")
        let backoff = Self.backoff(failure.members["backoff"], &body)
        var deadLetter: ClockMonsterTerms.Action?
        if failure.has("deadLetter") {
            deadLetter = Self.action("failure.deadLetter", failure.members["deadLetter"], &body)
            if let denial = deadLetter?.delivery.objection(by: rules) {
                body.add("failure.deadLetter.http.url", denial.description)
            }
        }
        try body.check()
        guard let slots, let action else { return }
        fields["delivery"] = JobDelivery.http(action.delivery).storedJSON
        fields["payload"] = members["payload"]
        fields["nextRunAt"] = .string(slots.first.rfc3339)
        fields["labels"] = .object([Dialect.label: .string(Dialect.clockMonster.rawValue)])
        fields["maxAttempts"] = .int(Int64(backoff.count + 1))
        if let interval = slots.interval {
            fields["interval"] = .int(interval * 1_000)
            // A row that has an end is gone through to it; one without makes up for nothing.
            if slots.iterations > 0 {
                let (span, isTooLong) = (slots.iterations - 1).multipliedReportingOverflow(by: interval * 1_000)
                let end = isTooLong ? nil : slots.first.adding(milliseconds: span)
                fields["endAt"] = end.map { .string($0.rfc3339) }
                fields["misfirePolicy"] = .string(MisfirePolicy.all.rawValue)
                fields["maxCatchUp"] = .int(10_000)
            } else {
                fields["maxQueueCount"] = .int(1)
            }
        }
        terms = ClockMonsterTerms(
            id: id, startAt: slots.first, iterations: slots.iterations, backoff: backoff,
            signingSecret: action.signingSecret, deadLetter: deadLetter)
    }

    /// A problem of ours in the words of the client.
    static func translated(_ problem: Problem) -> Problem {
        guard !problem.errors.isEmpty else { return problem }
        return .invalid(
            problem.errors.map { FieldFault(names[$0.field] ?? $0.field, $0.problem) })
    }

    private struct Slots {
        let first: Timestamp
        /// In seconds; `nil` = there is one slot only.
        var interval: Int64?
        var iterations: Int64 = 0
    }

    /// A first slot that has passed is now.
    private static func slots(_ time: inout DialectBody, isGiven: Bool, now: Timestamp) -> Slots? {
        guard isGiven else { return nil }
        for name in ["type", "nextRunUnix"] where !time.has(name) { time.add(name, "is missing") }
        let type = time.text("type")
        if let type, !types.contains(type) { time.add("type", "is none of \(types.joined(separator: ", "))") }
        let latest = Timestamp.latest.millisecondsSinceEpoch / 1_000
        let seconds = time.number("nextRunUnix", in: 0...latest)
        var slots = Slots(first: max(now, Timestamp(millisecondsSinceEpoch: (seconds ?? 0) * 1_000)))
        if type == "REPEATING" {
            for name in ["interval", "iterations"] where !time.has(name) {
                time.add(name, "is missing, and the type REPEATING needs it")
            }
            slots.interval = time.number("interval", in: 1...(JobField.longestSpan / 1_000))
            slots.iterations = time.number("iterations", in: -1...Int64(Int32.max)) ?? 1
            if slots.iterations == 0 { time.add("iterations", "is 0; expected a number from 1 on, or -1 for no end") }
        }
        return slots
    }

    private static func backoff(_ value: JSONValue?, _ body: inout DialectBody) -> [Int64] {
        guard let value, value != .null else { return ClockMonsterTerms.defaultBackoff }
        let expected = "expected a list of at most \(ClockMonsterTerms.longestBackoff) whole numbers of seconds"
        guard case .array(let entries) = value else {
            body.add("failure.backoff", "found \(FieldValue.json(value).summary), \(expected)")
            return []
        }
        let waits = entries.compactMap { FieldValue.json($0).wholeNumber }
        if waits.count < entries.count || entries.count > ClockMonsterTerms.longestBackoff
            || !waits.allSatisfy({ (0...ClockMonsterTerms.longestWait).contains($0) })
        {
            body.add("failure.backoff", "has entries of another kind, or too many; \(expected)")
        }
        return waits
    }

    private static func action(
        _ path: String, _ value: JSONValue?, _ body: inout DialectBody
    ) -> ClockMonsterTerms.Action? {
        guard let value, value != .null else {
            body.add(path, "is missing")
            return nil
        }
        guard case .object(let ways) = value else {
            body.add(path, "found \(FieldValue.json(value).summary), expected an object with http")
            return nil
        }
        let given = ways.filter { $0.value != .null }.keys.sorted()
        if given.contains("sqs") {
            body.add(
                "\(path).sqs", "is not supported: this Scheduler sends HTTP requests, not messages to SQS; use http")
            return nil
        }
        guard given == ["http"], case .object(let members)? = ways["http"] else {
            body.add(path, given.contains("http") ? "has more than http, or http is no object" : "has no http")
            return nil
        }
        var http = DialectBody(members, at: "\(path).http")
        defer { body.add(http.faults) }
        guard let text = http.text("url") else {
            if !http.has("url") { http.add("url", "is missing") }
            return nil
        }
        var delivery: HTTPDelivery?
        do throws(InvalidText) {
            delivery = HTTPDelivery(url: try HTTPDelivery.url(text.withoutTemplates))
        } catch {
            http.add("url", error.reason)
        }
        let secret = http.text("signingSecret")
        if let secret, !(1...longestSecret).contains(secret.utf8.count) {
            http.add("signingSecret", "is \(secret.isEmpty ? "empty" : "longer than \(longestSecret) bytes")")
        }
        readHeaders(&http, into: &delivery)
        guard http.faults.isEmpty, let delivery else { return nil }
        return ClockMonsterTerms.Action(delivery: delivery, signingSecret: secret.map { Secret($0) })
    }

    /// What gives somebody a right is kept as what nobody is shown.
    private static func readHeaders(_ http: inout DialectBody, into delivery: inout HTTPDelivery?) {
        guard let headers = http.object("additionalHeaders") else { return }
        if headers.count > HTTPDelivery.mostHeaders {
            http.add("additionalHeaders", "has more than \(HTTPDelivery.mostHeaders) headers")
        }
        var names: Set<String> = []
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            let path = "additionalHeaders.\(FieldFault.shown(name))"
            if let problem = HTTPDelivery.problem(header: name) {
                http.add("additionalHeaders", "has a name that \(problem)")
                continue
            }
            guard case .string(let text) = value else {
                http.add(path, "found \(FieldValue.json(value).summary), expected a string")
                continue
            }
            if let problem = HTTPDelivery.problem(headerValue: text) { http.add(path, problem) }
            if !names.insert(name.lowercased()).inserted {
                http.add(path, "is there twice, in another case of its letters")
            }
            if ClockJob.isSecret(header: name) {
                delivery?.secretHeaders[name] = Secret(text)
            } else if let template = try? HTTPDelivery.headerValue(text.withoutTemplates) {
                delivery?.headers[name] = template
            } else {
                http.add(path, "is too long")
            }
        }
    }
}

extension Timestamp {
    /// Later by so many milliseconds; `nil` beyond the year 9999.
    fileprivate func adding(milliseconds: Int64) -> Timestamp? {
        let (sum, isTooLarge) = millisecondsSinceEpoch.addingReportingOverflow(milliseconds)
        guard !isTooLarge, sum <= Timestamp.latest.millisecondsSinceEpoch else { return nil }
        return Timestamp(millisecondsSinceEpoch: sum)
    }
}
