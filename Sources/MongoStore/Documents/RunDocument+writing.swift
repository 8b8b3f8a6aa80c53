// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension RunDocument {
    /// A new document, without the fields that have nothing to say.
    static func fields(of run: Run) -> BSONFields {
        var fields: BSONFields = [
            "_id": .objectID(run.id.value), "jobName": .string(run.jobName.text),
            "status": .string(run.status.rawValue), "createdTime": .date(run.createdTime),
            "attempt": .int32(Int32(clamping: run.attempt)), "trigger": .string(run.trigger.rawValue),
        ]
        for field in optionalFields { fields.append(field.name, ifPresent: field.value(run)) }
        if run.revision != 0 { fields.append("revision", .int64(run.revision)) }
        return fields
    }

    /// What to set and what to remove to get from one state of a run to another; both without the revision.
    static func difference(from before: Run, to after: Run) -> (set: BSONFields, unset: BSONFields) {
        var set: BSONFields = [:]
        var unset: BSONFields = [:]
        if before.status != after.status { set.append("status", .string(after.status.rawValue)) }
        if before.createdTime != after.createdTime { set.append("createdTime", .date(after.createdTime)) }
        if before.attempt != after.attempt { set.append("attempt", .int32(Int32(clamping: after.attempt))) }
        if before.trigger != after.trigger { set.append("trigger", .string(after.trigger.rawValue)) }
        for field in optionalFields where field.differs(before, after) {
            if let value = field.value(after) {
                set.append(field.name, value)
            } else {
                unset.append(field.name, 1)
            }
        }
        return (set, unset)
    }

    /// Whether the stored run has all that this change writes.
    static func hasEffect(of change: RunUpdate, in stored: Run) -> Bool {
        let (before, after) = (change.before, change.after)
        return stored.revision == before.revision + 1 && stored.status == after.status
            && stored.attempt == after.attempt
            && (before.createdTime == after.createdTime || stored.createdTime == after.createdTime)
            && (before.trigger == after.trigger || stored.trigger == after.trigger)
            && optionalFields.allSatisfy { !$0.differs(before, after) || !$0.differs(after, stored) }
    }

    /// The fields that may be absent.
    private static let optionalFields: [RunField] = [
        .date("startTime") { $0.startTime },
        .date("endTime") { $0.endTime },
        .date("heartbeat") { $0.heartbeat },
        .date("scheduledTime") { $0.scheduledTime },
        RunField("payload", { $0.payload != $1.payload }, { $0.payload.map { .json($0) } }),
        RunField("progress", { $0.progress != $1.progress }, { $0.progress.map { .double($0) } }),
        RunField("error", { $0.error != $1.error }, { $0.error.map { .string($0) } }),
        RunField("result", { $0.result != $1.result }, { $0.result.map { .json($0) } }),
        RunField("attempts", { $0.attempts != $1.attempts }, { $0.attempts.isEmpty ? nil : .rows($0.attempts) }),
        RunField(
            "notes", { $0.notes != $1.notes },
            { $0.notes.isEmpty ? nil : .array($0.notes.map { .string($0) }) }),
        .date("retryAt") { $0.retryAt },
        RunField("retired", { $0.isRetired != $1.isRetired }, { $0.isRetired ? .bool(true) : nil }),
        RunField("waiting", { $0.isWaiting != $1.isWaiting }, { $0.isWaiting ? .bool(true) : nil }),
        RunField("workers", { $0.workers != $1.workers }, { ($0.workers?.storedText).map { .string($0) } }),
        RunField("byHTTP", { $0.isByHTTP != $1.isByHTTP }, { $0.isByHTTP ? .bool(true) : nil }),
        RunField("accepted", { $0.accepted != $1.accepted }, { $0.accepted.map { .json($0.json) } }),
        .date("publishedAt") { $0.publishedAt },
        .date("cancelledAt") { $0.cancelledAt },
        .date("deadline") { $0.deadline },
        RunField("lockEpoch", { $0.lockEpoch != $1.lockEpoch }, { $0.lockEpoch == 0 ? nil : .int64($0.lockEpoch) }),
    ]
}
