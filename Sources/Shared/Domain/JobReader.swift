// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Reads the definition of a job field by field, strictly, and gathers what is wrong with it: the one place for the rules
/// of contract section 5, whether the fields come from a document or from a request.
package struct JobReader: Sendable {
    /// Where fields come from, which decides how instants are written and what must be there.
    package enum Origin: Hashable, Sendable {
        /// A document: instants are dates; what is left out or null is zero or its default, `enabled` too: false, as in the
        /// Go program.
        case document
        /// JSON: instants are RFC 3339 texts; what is left out has its default, `enabled` too: true.
        case json
    }

    /// What is wrong so far, one entry per faulty field.
    package private(set) var faults: [FieldFault] = []

    let origin: Origin
    /// Whose secrets stay where a request leaves them out, or says of them what an answer does.
    let kept: HTTPDelivery?
    private var job = Job.blank
    private var cron: String?
    private var timeZone: String?
    private var step: CalendarStep?
    private var anchor: Timestamp?
    /// By somebody, other than left in a document of what the job was before.
    private var isAnchorSaid = false
    /// In a document, the slot that the anchor was written with: where the job's is another, somebody has set that since, and
    /// it is the anchor.
    package var anchoredSlot: Timestamp?
    /// Given fields that are not shown where they have their default.
    private var mayBeStated: [JobField] = []

    /// Begins a definition; nothing is read yet.
    ///
    /// With the stored delivery of the job that is edited its secrets are kept: contract, section 9.
    package init(from origin: Origin, keepingSecretsOf stored: HTTPDelivery? = nil) {
        self.origin = origin
        kept = stored
        job.isEnabled = origin == .json
    }

    /// Takes in the field of this name; gives whether there is one, for other names are left to the caller.
    @discardableResult
    package mutating func read(_ name: String, _ value: FieldValue) -> Bool {
        guard let field = JobField(named: name) else { return false }
        read(field, value)
        return true
    }

    /// Takes in one field.
    ///
    /// Null is as if the field were not there; only in JSON `enabled` must be said then.
    package mutating func read(_ field: JobField, _ value: FieldValue) {
        if value.isNull, origin == .document || field != .enabled { return }
        let name = field.rawValue
        let row = field.row
        switch row.kind {
        case .truth(_, let set): if let value = bool(name, value) { set(&job, value) }
        case .count(_, let set, let range): if let value = number(name, value, range) { set(&job, Int(value)) }
        case .span(_, let set, let range): if let value = span(name, value, range) { set(&job, value) }
        case .instant(_, let set): set(&job, instant(name, value))
        case .text(_, let set, let limit): set(&job, text(name, value, atMost: limit))
        case .misfirePolicy(_, let set): if let value = policy(name, value) { set(&job, value) }
        case .backoff(_, let set): if let value = backoff(name, value) { set(&job, value) }
        case .delivery(_, let set): if let value = delivery(name, value) { set(&job, value) }
        case .labels(_, let set): set(&job, labels(name, value))
        case .json(_, let set): set(&job, payload(name, value))
        case .cron(let limit): cron = text(name, value, atMost: limit)
        case .every: step = every(name, value)
        case .zone(let limit): timeZone = text(name, value, atMost: limit)
        case .anchor:
            anchor = instant(name, value)
            if case .json = value { isAnchorSaid = true }
        }
        if row.hasHiddenDefault { mayBeStated.append(field) }
    }

    /// Takes in what a dialect has stored with the job (``JobDialect``), which no request can say.
    package mutating func readDialect(_ stored: JSONValue) {
        if stored == .null { return }
        job.dialect = JobDialect(stored: stored)
        if job.dialect == nil { add(JobDialect.field, "is not what a dialect has written") }
    }

    /// Adds a fault that somebody else has found.
    package mutating func add(_ field: String, _ problem: String) {
        faults.append(FieldFault(field, problem))
    }

    /// The definition under this name, once every field is read; `nil` when there is no name, or ``faults`` says why not.
    ///
    /// To be called once.
    package mutating func finish(_ name: JobName?) -> Job? {
        readSchedule(of: name)
        if let start = job.startAt, let end = job.endAt, end < start { add("endAt", "is before startAt") }
        if let http = job.delivery.http, !http.method.takesBody, job.payload != nil {
            add("delivery.http.method", "is \(http.method.rawValue), which has no body, and the job has a payload")
        }
        guard faults.isEmpty, let name else { return nil }
        job.name = name
        job.statedDefaults = Set(mayBeStated.filter { $0.row.json(of: job, showsDefault: false) == nil })
        return job
    }

    private mutating func readSchedule(of name: JobName?) {
        if case .every = job.schedule {
            if cron != nil { add("cron", "excludes interval: give one of them") }
            if step != nil { add("every", "excludes interval: give one of them") }
        } else if let cron, let name {
            readCron(cron, of: name)
        } else if let step, let zone = zone() {
            let isStale = anchoredSlot != nil && job.nextRunAt != nil && anchoredSlot != job.nextRunAt
            job.schedule = .calendar(CalendarSchedule(step: step, zone: zone, anchor: isStale ? nil : anchor))
        }
        if cron != nil, step != nil, !isFaulty("every") { add("every", "excludes cron: give one of them") }
        if timeZone != nil, cron == nil, step == nil, !isFaulty("cron"), !isFaulty("every") {
            add("timeZone", "is only for a job with cron or every")
        }
        if isAnchorSaid, step == nil, !isFaulty("every"), !isFaulty("anchor") {
            add("anchor", "is only for a job with every")
        }
        if job.schedule == .once, let slot = job.nextRunAt {
            if let start = job.startAt, slot < start {
                add("nextRunAt", "is before startAt, and the job has no other slot")
            }
            if let end = job.endAt, slot > end { add("nextRunAt", "is after endAt, and the job has no other slot") }
        }
        // With an end the row of slots ends, and the job is done; the slots of a cron are known without one.
        guard origin == .document, job.nextRunAt == nil, job.endAt == nil, !isFaulty("nextRunAt") else { return }
        switch job.schedule {
        case .every: add("nextRunAt", "missing; a job with an interval needs its next slot")
        case .calendar: add("nextRunAt", "missing; a job with every needs its next slot")
        case .once, .cron: break
        }
    }

    private mutating func readCron(_ text: String, of name: JobName) {
        let zone = zone()
        var expression: CronExpression?
        do throws(InvalidCronExpression) {
            expression = try CronExpression(text, job: name)
        } catch {
            add("cron", error.description)
        }
        if let expression, let zone { job.schedule = .cron(CronSchedule(expression: expression, zone: zone)) }
    }

    /// `nil` after a fault.
    private mutating func zone() -> ZoneRules? {
        do throws(InvalidZone) {
            return try timeZone.map { (name) throws(InvalidZone) in try ZoneDatabase.system.rules(named: name) } ?? .utc
        } catch {
            add("timeZone", error.description)
            return nil
        }
    }

    private func isFaulty(_ field: String) -> Bool {
        faults.contains { $0.field == field || $0.field.hasPrefix("\(field).") }
    }
}
