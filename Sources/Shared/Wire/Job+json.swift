// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Job {
    /// The definition as JSON, field by field in the order of the API's answers, without the name.
    ///
    /// Fields that have their default are there where ``JobField/Row/isAlwaysShown`` says so, or where they were given.
    /// Without its secrets: what `JobReader` reads from JSON, keeping those of this job's delivery, gives this job again.
    package var jsonFields: [(field: JobField, value: JSONValue)] {
        var fields: [(field: JobField, value: JSONValue)] = []
        fields.reserveCapacity(12)
        for field in JobField.allCases {
            let row = field.row
            let showsDefault = row.isAlwaysShown || !statedDefaults.isEmpty && statedDefaults.contains(field)
            if let value = row.json(of: self, showsDefault: showsDefault) { fields.append((field, value)) }
        }
        return fields
    }

    /// The same with the secrets of the delivery: for stores, never for an answer, an export or a log.
    package var storedFields: [(field: JobField, value: JSONValue)] {
        guard delivery.hasSecrets else { return jsonFields }
        return jsonFields.map { $0.field == .delivery ? (.delivery, delivery.storedJSON) : $0 }
    }
}

extension JobField {
    /// Its default as JSON; `nil` = none, the field is absent.
    package var defaultJSON: JSONValue? {
        if case .zone = row.kind { .string(ZoneRules.utc.name) } else { row.json(of: .blank, showsDefault: true) }
    }
}

extension JobField.Row {
    /// The value in a job; `nil` = there is none, or it is the default, which is not to be shown.
    func json(of job: Job, showsDefault: Bool) -> JSONValue? {
        func shown<Value: Equatable>(_ get: JobField.Getter<Value>) -> Value? {
            let value = get(job)
            return showsDefault || value != get(.blank) ? value : nil
        }
        return switch kind {
        case .truth(let get, _): shown(get).map { .bool($0) }
        case .count(let get, _, _): shown(get).map { .int(Int64($0)) }
        case .span(let get, _, _): shown(get).map { .int($0.milliseconds) }
        case .instant(let get, _): get(job).map { .string($0.rfc3339) }
        case .text(let get, _, _): get(job).map { .string($0) }
        case .misfirePolicy(let get, _): shown(get).map { .string($0.rawValue) }
        case .backoff(let get, _): shown(get).map(\.json)
        case .delivery(let get, _): shown(get).map(\.json)
        case .labels(let get, _): shown(get).map { .object($0.mapValues { .string($0) }) }
        case .json(let get, _): get(job)
        case .cron: job.schedule.cron.map { .string($0.expression.text) }
        case .every: job.schedule.calendar.map(\.step.json)
        case .zone:
            job.schedule.zone.flatMap { showsDefault || $0 != .utc ? .string($0.name) : nil }
        case .anchor: job.anchor.map { .string($0.rfc3339) }
        }
    }
}

extension Schedule {
    fileprivate var cron: CronSchedule? {
        if case .cron(let cron) = self { cron } else { nil }
    }

    fileprivate var calendar: CalendarSchedule? {
        if case .calendar(let calendar) = self { calendar } else { nil }
    }
}

extension RetryBackoff {
    /// As in the API and in documents.
    package var json: JSONValue {
        .object([
            "initial": .int(initial.milliseconds),
            "factor": Int64(exactly: factor).map { .int($0) } ?? .double(factor),
            "max": .int(maximum.milliseconds),
        ])
    }
}
