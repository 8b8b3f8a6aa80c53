// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Reads the definition of a job field by field, strictly, and gathers what is wrong with it: the one place for the rules
/// of contract section 5, whether the fields come from a document or from a request.
package struct JobFields: Sendable {
    /// Where fields come from, which decides how instants are written and what must be there.
    package enum Origin: Hashable, Sendable {
        /// A document: instants are dates; what is left out or null is zero or its default, `enabled` too: false, as in the
        /// Go program.
        case document
        /// JSON: instants are RFC 3339 texts; what is left out has its default, `enabled` too: true.
        case json
    }

    /// A hundred years in milliseconds: the longest span.
    package static let longestSpan: Int64 = 3_153_600_000_000
    /// The largest `maxQueueCount`.
    package static let largestCount: Int64 = 1_000_000_000
    /// The largest payload, in bytes of compact JSON text.
    package static let largestPayload = 256 * 1024
    /// The longest description, in bytes of UTF-8.
    package static let longestDescription = 4_096
    /// A day in milliseconds: the largest jitter.
    package static let largestJitter: Int64 = 86_400_000

    /// The names of the fields that users define, besides `name`.
    package static let names: Set<String> = [
        "enabled", "nextRunAt", "interval", "cron", "timeZone", "misfirePolicy", "maxCatchUp", "allowConcurrentRuns",
        "maxQueueCount", "runStartTimeout", "runExecutionTimeout", "heartbeatTimeout", "maxAttempts", "retryBackoff",
        "payload", "startAt", "endAt", "jitter", "description", "labels", "retention",
    ]

    /// What is wrong so far, one entry per faulty field.
    package private(set) var faults: [FieldFault] = []

    let origin: Origin
    private var isEnabled: Bool?
    private var interval: Duration?
    private var cron: String?
    private var timeZone: String?
    private var job = Job(name: JobName(trusted: "unnamed"), schedule: .once, nextRunAt: nil)
    private var seen: Set<String> = []

    /// Begins a definition; nothing is read yet.
    package init(from origin: Origin) {
        self.origin = origin
    }

    /// Takes in one field; the names that are no fields of a definition are left to the caller.
    ///
    /// Null is as if the field were not there; only in JSON `enabled` must be said then.
    ///
    /// - Returns: whether it is a field of a definition.
    @discardableResult
    package mutating func read(_ field: String, _ value: FieldValue) -> Bool {
        if value.isNull, origin == .document || field != "enabled" { return Self.names.contains(field) }
        switch field {
        case "enabled": isEnabled = bool(field, value)
        case "interval": interval = span(field, value)
        case "nextRunAt": job.nextRunAt = instant(field, value)
        case "runExecutionTimeout": job.runExecutionTimeout = span(field, value) ?? .zero
        case "runStartTimeout": job.runStartTimeout = span(field, value) ?? .zero
        case "heartbeatTimeout": job.heartbeatTimeout = span(field, value) ?? .zero
        case "maxQueueCount": job.maxQueueCount = Int(number(field, value, 0...Self.largestCount) ?? 0)
        case "allowConcurrentRuns": job.allowsConcurrentRuns = bool(field, value) ?? false
        case "cron": cron = text(field, value, atMost: 256)
        case "timeZone": timeZone = text(field, value, atMost: 64)
        case "misfirePolicy": job.misfirePolicy = policy(field, value) ?? .once
        case "maxCatchUp": job.maxCatchUp = Int(number(field, value, 1...10_000) ?? 100)
        case "maxAttempts": job.maxAttempts = Int(number(field, value, 1...1_000) ?? 1)
        case "retryBackoff": job.retryBackoff = backoff(field, value) ?? RetryBackoff()
        case "payload": job.payload = payload(field, value)
        case "startAt": job.startAt = instant(field, value)
        case "endAt": job.endAt = instant(field, value)
        case "jitter":
            job.jitter = .milliseconds(number(field, value, 0...Self.largestJitter, of: " of milliseconds") ?? 0)
        case "description": job.description = text(field, value, atMost: Self.longestDescription)
        case "labels": job.labels = labels(field, value)
        case "retention": job.retention = span(field, value) ?? .zero
        default: return false
        }
        seen.insert(field)
        return true
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
        guard faults.isEmpty, let name else { return nil }
        job.name = name
        job.isEnabled = isEnabled ?? (origin == .json)
        let mayBeHidden = seen.intersection(Job.fieldsHiddenByDefault)
        if !mayBeHidden.isEmpty { job.statedDefaults = mayBeHidden.subtracting(job.jsonFields.map(\.name)) }
        return job
    }

    private mutating func readSchedule(of name: JobName?) {
        if let interval, interval > .zero {
            job.schedule = .every(interval)
            if cron != nil { add("cron", "excludes interval: give one of them") }
        } else if let cron, let name {
            readCron(cron, of: name)
        }
        if timeZone != nil, cron == nil, !isFaulty("cron") { add("timeZone", "is only for a job with cron") }
        if job.schedule == .once, let slot = job.nextRunAt {
            if let start = job.startAt, slot < start {
                add("nextRunAt", "is before startAt, and the job has no other slot")
            }
            if let end = job.endAt, slot > end { add("nextRunAt", "is after endAt, and the job has no other slot") }
        }
        // With an end the row of slots ends, and the job is done; the slots of a cron are known without one.
        guard origin == .document, job.nextRunAt == nil, job.endAt == nil, !isFaulty("nextRunAt") else { return }
        if case .every = job.schedule { add("nextRunAt", "missing; a job with an interval needs its next slot") }
    }

    private mutating func readCron(_ text: String, of name: JobName) {
        var zone: ZoneRules?
        var expression: CronExpression?
        do throws(InvalidZone) {
            zone = try timeZone.map { (name) throws(InvalidZone) in try ZoneDatabase.system.rules(named: name) } ?? .utc
        } catch {
            add("timeZone", error.description)
        }
        do throws(InvalidCronExpression) {
            expression = try CronExpression(text, job: name)
        } catch {
            add("cron", error.description)
        }
        if let expression, let zone { job.schedule = .cron(CronSchedule(expression: expression, zone: zone)) }
    }

    private func isFaulty(_ field: String) -> Bool {
        faults.contains { $0.field == field }
    }
}
