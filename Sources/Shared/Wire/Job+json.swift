// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Job {
    /// The definition as JSON, field by field in the order of the API's answers, without the name.
    ///
    /// The fields of the Go program are always there (but `nextRunAt`); the others only where they were given.
    /// What `JobFields` reads from JSON gives this job again.
    package var jsonFields: [(name: String, value: JSONValue)] {
        var fields: [(name: String, value: JSONValue)] = []
        fields.reserveCapacity(12)
        fields.append(("enabled", .bool(isEnabled)))
        if let nextRunAt { fields.append(("nextRunAt", .string(nextRunAt.rfc3339))) }
        fields.append(contentsOf: schedule.jsonFields(showingUTC: statedDefaults.contains("timeZone")))
        fields.append(("runExecutionTimeout", .int(runExecutionTimeout.milliseconds)))
        fields.append(("runStartTimeout", .int(runStartTimeout.milliseconds)))
        fields.append(("maxQueueCount", .int(Int64(maxQueueCount))))
        fields.append(("allowConcurrentRuns", .bool(allowsConcurrentRuns)))
        fields.append(("heartbeatTimeout", .int(heartbeatTimeout.milliseconds)))
        if isShown("misfirePolicy", misfirePolicy != .once) {
            fields.append(("misfirePolicy", .string(misfirePolicy.rawValue)))
        }
        if isShown("maxCatchUp", maxCatchUp != 100) { fields.append(("maxCatchUp", .int(Int64(maxCatchUp)))) }
        if isShown("maxAttempts", maxAttempts != 1) { fields.append(("maxAttempts", .int(Int64(maxAttempts)))) }
        if isShown("retryBackoff", retryBackoff != RetryBackoff()) {
            fields.append(("retryBackoff", retryBackoff.json))
        }
        if let payload { fields.append(("payload", payload)) }
        if let startAt { fields.append(("startAt", .string(startAt.rfc3339))) }
        if let endAt { fields.append(("endAt", .string(endAt.rfc3339))) }
        if isShown("jitter", jitter != .zero) { fields.append(("jitter", .int(jitter.milliseconds))) }
        if let description { fields.append(("description", .string(description))) }
        if isShown("labels", !labels.isEmpty) { fields.append(("labels", .object(labels.mapValues { .string($0) }))) }
        if isShown("retention", retention != .zero) { fields.append(("retention", .int(retention.milliseconds))) }
        return fields
    }

    /// The names of the fields that need not be given and are then not shown, where that makes them their default.
    package static let fieldsHiddenByDefault: Set<String> = [
        "timeZone", "misfirePolicy", "maxCatchUp", "maxAttempts", "retryBackoff", "jitter", "labels", "retention",
    ]

    private func isShown(_ field: String, _ isNotItsDefault: Bool) -> Bool {
        isNotItsDefault || statedDefaults.contains(field)
    }
}

extension Schedule {
    /// `interval` in any case, 0 where it does not rule; and what else says when the slots are.
    func jsonFields(showingUTC: Bool) -> [(name: String, value: JSONValue)] {
        switch self {
        case .once: [("interval", .int(0))]
        case .every(let interval): [("interval", .int(interval.milliseconds))]
        case .cron(let cron):
            [("interval", .int(0)), ("cron", .string(cron.expression.text))]
                + (cron.zone == .utc && !showingUTC ? [] : [("timeZone", .string(cron.zone.name))])
        }
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
