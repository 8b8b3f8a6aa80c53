// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads what a client of the Scheduler Service says of a job, as what a client of ours would have said.
///
/// | `schedule_type` | needs | becomes |
/// |---|---|---|
/// | `cron` | `cron_expression` | `cron`, in UTC |
/// | `specific_time` | `specific_time` | a job of one run at that time |
/// | `recurring`, `minute` and `hour` | `interval_value` | `interval`, the first slot one step after now |
/// | `recurring`, `day` to `year` | `interval_value` | `every`, counted from now on the calendar in UTC |
///
/// With a job that is there already the body is laid over what is there; null and what is left out change nothing, but null removes a
/// description and a payload. A schedule that is said again as it is begins nothing anew.
struct ServiceJobBody {
    /// What changes of our fields.
    private(set) var fields: [String: JSONValue] = [:]
    /// What is kept beside them.
    private(set) var terms: ServiceJobTerms
    private var body: DialectBody
    private let before: Job?
    private let now: Timestamp

    private static let units = ["minute", "hour", "day", "week", "month", "year"]
    private static let types = ["cron", "specific_time", "recurring"]
    private static let longestName = 255
    /// Where our faults are in the words of the client.
    private static let names = [
        "delivery.http.url": "target", "cron": "cron_expression", "anchor": "interval_value",
    ]

    /// Reads the body of a new job, or of an edit of one.
    ///
    /// - Throws: 422 with the names of the client's fields.
    init(_ members: [String: JSONValue], before: Job? = nil, now: Timestamp) throws(Problem) {
        body = DialectBody(members)
        self.before = before
        self.now = now
        terms = before?.serviceJob ?? ServiceJobTerms(name: "", createdAt: now)
        terms.updatedAt = now
        readTexts()
        readTarget()
        readPayload()
        readStatus()
        readSchedule()
        try body.check()
        guard before == nil else { return }
        fields["labels"] = .object([Dialect.label: .string(Dialect.jobs.rawValue)])
        fields["maxAttempts"] = .int(3)
        fields["retryBackoff"] = RetryBackoff(initial: .seconds(1), factor: 2).json
    }

    /// A problem of ours in the words of the client.
    static func translated(_ problem: Problem) -> Problem {
        var translated = problem
        translated.errors = problem.errors.map { fault in
            let field = fault.field.hasPrefix("every") ? "interval_value" : names[fault.field] ?? fault.field
            return FieldFault(field, fault.problem)
        }
        return translated
    }

    private mutating func readTexts() {
        if let name = need("name") {
            if name.isEmpty || name.unicodeScalars.count > Self.longestName {
                body.add(
                    "name", "has \(name.isEmpty ? "no" : "too many") characters; expected 1 to \(Self.longestName)")
            }
            terms.name = name
        }
        if let type = need("type"), type != "http" { body.add("type", "is not http, which is all that there is") }
        if let text = body.text("description") {
            fields["description"] = .string(text)
        } else if before != nil, body.members["description"] == .null {
            fields["description"] = .null
        }
    }

    private mutating func readTarget() {
        guard let target = need("target"), target != before?.delivery.http?.url.plainText else { return }
        do throws(InvalidText) { _ = try HTTPDelivery.url(target.withoutTemplates) } catch {
            return body.add("target", error.reason)
        }
        var http: [String: JSONValue] = [:]
        // All else of the delivery stays as somebody may have made it.
        if case .object(let ways)? = before?.delivery.json, case .object(let known)? = ways["http"] { http = known }
        http["url"] = .string(target.withoutTemplates)
        fields["delivery"] = .object(["http": .object(http)])
    }

    private mutating func readPayload() {
        guard before == nil || body.members["payload"] != nil else { return }
        let payload = body.object("payload")
        // Who reads back that there is none, and says so again, changes nothing.
        if payload == nil, terms.hasNoPayload { return }
        terms.hasNoPayload = payload == nil
        fields["payload"] = .object(payload ?? [:])
    }

    private mutating func readStatus() {
        guard let text = body.text("status") else { return }
        guard let status = ServiceJobStatus(rawValue: text) else {
            body.add("status", "is none of \(ServiceJobStatus.listed)")
            return
        }
        set(status)
    }

    /// Sets a status, and notes when.
    private mutating func set(_ status: ServiceJobStatus) {
        fields["enabled"] = .bool(status != .inactive)
        if status != .inactive { terms.mark = status == .failed ? .failed : .active }
        terms.markedAt = now
    }

    private mutating func readSchedule() {
        let view = before.map { ServiceSchedule($0) }
        guard let type = need("schedule_type") ?? view?.type else { return }
        guard Self.types.contains(type) else {
            body.add("schedule_type", "is none of \(Self.types.joined(separator: ", "))")
            return
        }
        let isOther = type != view?.type
        switch type {
        case "cron":
            guard let cron = body.text("cron_expression") ?? view?.cron else { return missing("cron_expression", type) }
            if isOther || cron != view?.cron { setSchedule(["cron": .string(cron)]) }
        case "specific_time": readTime(view, isOther)
        default: readInterval(view, isOther)
        }
    }

    private mutating func readTime(_ view: ServiceSchedule?, _ isOther: Bool) {
        guard let text = body.text("specific_time") else {
            if isOther { missing("specific_time", "specific_time") }
            return
        }
        guard let time = Timestamp(rfc3339: text), time <= .latest else {
            body.add("specific_time", "is no time such as 2027-01-15T08:00:00Z")
            return
        }
        guard isOther || time != view?.time else { return }
        guard time > now else { return body.add("specific_time", "must be in the future") }
        terms.specificTime = time
        setSchedule(["nextRunAt": .string(time.rfc3339)])
    }

    private mutating func readInterval(_ view: ServiceSchedule?, _ isOther: Bool) {
        guard let unit = body.text("interval") ?? view?.interval?.unit else { return missing("interval", "recurring") }
        guard Self.units.contains(unit) else {
            return body.add("interval", "is none of \(Self.units.joined(separator: ", "))")
        }
        let calendar = CalendarStep.Unit(rawValue: "\(unit)s")
        let milliseconds: Int64 = unit == "minute" ? 60_000 : 3_600_000
        let range = calendar?.counts ?? 1...(JobField.longestSpan / milliseconds)
        guard let value = body.number("interval_value", in: range) ?? view?.interval?.value else {
            if !body.has("interval_value") { missing("interval_value", "recurring") }
            return
        }
        // The number that is there may be too large for another unit.
        guard range.contains(value) else { return body.add("interval_value", "is too large for the interval \(unit)") }
        if !isOther, let known = view?.interval, known == (unit, value) { return }
        terms.interval = (unit, value)
        if let calendar {
            setSchedule([
                "every": .object([calendar.rawValue: .int(value)]), "anchor": .string(now.rfc3339),
            ])
        } else {
            let step = value * milliseconds
            setSchedule(["interval": .int(step), "nextRunAt": .string((now + .milliseconds(step)).rfc3339)])
        }
    }

    /// Writes a schedule in the place of any other.
    private mutating func setSchedule(_ schedule: [String: JSONValue]) {
        if before != nil {
            for name in ["cron", "every", "interval", "nextRunAt"] { fields[name] = .null }
        }
        fields.merge(schedule) { $1 }
    }

    /// A text that a new job needs.
    private mutating func need(_ name: String) -> String? {
        if before == nil, !body.has(name) { body.add(name, "is missing") }
        return body.text(name)
    }

    private mutating func missing(_ name: String, _ type: String) {
        // What was there and is none was told before.
        if !body.has(name) { body.add(name, "is missing, and schedule_type \(type) needs it") }
    }
}

/// When a job is, as a client of the Scheduler Service sees it.
struct ServiceSchedule {
    var type: String
    var cron: String?
    var time: Timestamp?
    var interval: (unit: String, value: Int64)?

    init(_ job: Job) {
        switch job.schedule {
        case .once:
            type = "specific_time"
            time = job.nextRunAt ?? job.serviceJob?.specificTime
        case .cron(let cron):
            type = "cron"
            self.cron = cron.expression.text
        case .every(let span):
            type = "recurring"
            let minutes = span.milliseconds / 60_000
            if span.milliseconds % 60_000 == 0 {
                interval = minutes % 60 == 0 ? ("hour", minutes / 60) : ("minute", minutes)
            }
            if let given = job.serviceJob?.interval, given.unit == "minute", given.value == minutes { interval = given }
        case .calendar(let calendar):
            type = "recurring"
            interval = (String(calendar.step.unit.rawValue.dropLast()), Int64(calendar.step.count))
        }
    }
}
