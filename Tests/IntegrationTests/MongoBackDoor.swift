// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import MongoTestSupport
import Shared
import TestSupport
import Testing

/// The way around the ports of MongoDB's stores, for the checks that every store passes.
struct MongoBackDoor: StoreBackDoor {
    let store: MongoSchedulerStore

    func put(_ job: KeptJob) async throws {
        var document: BSONFields = ["_id": .string(job.id)]
        let plain = Job(name: job.job.name, schedule: .once, nextRunAt: nil).jsonFields
        for (field, value) in job.job.storedFields where ![.nextRunAt, .anchor, .startAt, .endAt].contains(field) {
            let isDefault = plain.contains { $0.field == field && $0.value == value }
            if !isDefault || [.enabled, .interval].contains(field) { document.append(field.rawValue, .json(value)) }
        }
        document.append("nextRunAt", ifPresent: job.job.nextRunAt.map { .date($0) })
        document.append("anchor", ifPresent: job.job.anchor.map { .date($0) })
        document.append("startAt", ifPresent: job.job.startAt.map { .date($0) })
        document.append("endAt", ifPresent: job.job.endAt.map { .date($0) })
        document.append("managerId", ifPresent: job.managerID.map { .objectID($0.value) })
        if job.lockEpoch != 0 { document.append("lockEpoch", .int64(job.lockEpoch)) }
        document.append("ownerLostAt", ifPresent: job.ownerLostAt.map { .date($0) })
        if job.isNew {
            document.append(
                "creation", .objectID(Identifier(high: .random(in: 1 ... .max), low: .random(in: 1 ... .max))))
        }
        if job.edition != 0 { document.append("edition", .int64(job.edition)) }
        try await store.putRaw(document, in: "jobs")
    }

    func put(_ runs: [Run]) async throws {
        let ids = BSONValue.array(runs.map { .objectID($0.id.value) })
        _ = try await store.runRaw(["delete": "runs", "deletes": [["q": ["_id": ["$in": ids]], "limit": 0]]])
        let stored = try await store.insertOrAdopt(runs)
        #expect(stored == runs)
    }

    func put(_ lease: KeptLease) async throws {
        var document: BSONFields = [
            "_id": .objectID(lease.id.value), "hostname": .string(lease.hostname), "heartbeat": .date(lease.heartbeat),
        ]
        if lease.isExpired { document.append("expired", true) }
        try await store.putRaw(document, in: "managers")
    }

    func put(_ deletion: Deletion) async throws {
        try await store.putRaw(
            [
                "_id": .string(deletion.jobName.text), "deletedAt": .date(deletion.deletedAt),
                "heartbeatTimeout": .int64(deletion.heartbeatTimeout.milliseconds),
                "lockEpoch": .int64(deletion.lockEpoch),
            ], in: "deletions")
    }

    func job(kept name: JobName) async throws -> KeptJob? {
        guard let owned = try await store.jobs(named: [name]).first?.owned,
            let document = try await store.rawDocuments(in: "jobs", ["_id": .string(name.text)]).first
        else { return nil }
        var kept = KeptJob(owned.job)
        (kept.managerID, kept.lockEpoch, kept.isNew) = (owned.managerID, owned.lockEpoch, owned.isNew)
        kept.edition = try #require(owned.edition)
        if case .date(let time) = document["ownerLostAt"] { kept.ownerLostAt = time }
        for (reason, count) in document["skipped"]?.fields?.elements ?? [] {
            kept.skipped[try #require(SkipReason(rawValue: reason))] = count.wholeNumber
        }
        kept.skips = try (document["skips"]?.elements ?? []).map { row in
            let row = try #require(row.fields)
            guard case .string(let text) = row["reason"], let reason = SkipReason(rawValue: text),
                case .date(let first) = row["firstSlot"], case .date(let last) = row["lastSlot"],
                case .date(let decidedAt) = row["decidedAt"], let count = row["count"]?.wholeNumber
            else { throw BrokenRow() }
            return SlotSkip(reason: reason, firstSlot: first, lastSlot: last, count: count, decidedAt: decidedAt)
        }
        return kept
    }

    func lease(_ id: ManagerID) async throws -> KeptLease? {
        guard let document = try await store.rawDocuments(in: "managers", ["_id": .objectID(id.value)]).first else {
            return nil
        }
        guard case .string(let hostname) = document["hostname"], case .date(let heartbeat) = document["heartbeat"]
        else { throw BrokenRow() }
        return KeptLease(id: id, hostname: hostname, heartbeat: heartbeat, isExpired: document["expired"] == true)
    }

    func tombstone(of name: JobName) async throws -> Deletion? {
        try await store.deletions(of: [name]).first
    }

    /// A document that we wrote has another form than docs/database.md says.
    private struct BrokenRow: Error {}
}
