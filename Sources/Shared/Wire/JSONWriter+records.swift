// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JSONWriter {
    /// Writes a job as the API shows it; nothing when its document cannot be understood.
    package mutating func write(_ record: JobRecord) {
        guard let job = record.job else { return }
        beginObject()
        member("name", .string(record.name.text))
        for (field, value) in job.jsonFields { member(field.rawValue, value) }
        member("managerId", ifPresent: record.managerID.map { .string($0.value.hex) })
        member("heartbeat", ifPresent: record.heartbeat.map { .string($0.rfc3339) })
        endObject()
    }

    /// Writes a run as the API shows it.
    package mutating func write(_ run: RunRecord) {
        beginObject()
        member("id", .string(run.id.value.hex))
        member("jobName", .string(run.jobName.text))
        member("status", .string(run.status.rawValue))
        member("createdTime", .string(run.createdTime.rfc3339))
        member("startTime", run.startTime)
        member("endTime", run.endTime)
        member("heartbeat", run.heartbeat)
        member("scheduledTime", run.scheduledTime)
        member("attempt", .int(Int64(run.attempt)))
        member("trigger", .string(run.trigger.rawValue))
        member("payload", ifPresent: run.payload)
        member("progress", ifPresent: run.progress.map { .double($0) })
        member("error", ifPresent: run.error.map { .string($0) })
        member("result", ifPresent: run.result)
        member("retryAt", run.retryAt)
        member("attempts", ifPresent: run.attempts.isEmpty ? nil : .array(run.attempts.map(\.json)))
        member("notes", ifPresent: run.notes.isEmpty ? nil : .array(run.notes.map { .string($0) }))
        endObject()
    }

    /// Writes a live Scheduler as the API shows it.
    package mutating func write(_ manager: ManagerRecord) {
        beginObject()
        member("id", .string(manager.id.value.hex))
        member("hostname", .string(manager.hostname))
        member("heartbeat", manager.heartbeat)
        member("jobs", .int(Int64(manager.jobs)))
        endObject()
    }

    private mutating func member(_ name: String, _ time: Timestamp?) {
        member(name, ifPresent: time.map { .string($0.rfc3339) })
    }
}

extension RunAttempt {
    /// As the API shows it.
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "attempt": .int(Int64(attempt)), "endTime": .string(endTime.rfc3339), "status": .string(status.rawValue),
        ]
        members["startTime"] = startTime.map { .string($0.rfc3339) }
        members["error"] = error.map { .string($0) }
        members["http"] = http?.json
        return .object(members)
    }
}
