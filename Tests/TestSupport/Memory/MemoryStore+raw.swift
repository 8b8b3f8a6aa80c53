// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension MemoryStore {
    /// Puts a document as another program may have written it; a run that cannot be understood is never seen again.
    package func put(_ document: RawDocument, in collection: String) {
        access { state, _ in
            switch collection {
            case "jobs": state.put(MemoryStoreJobReader.job(document))
            case "runs":
                if let run = MemoryStoreRunReader.run(document) { state.put(run) }
            case "managers":
                guard case .objectID(let id) = document["_id"] else { return }
                var lease = MemoryStoreManager(id: ManagerID(id), hostname: "", heartbeat: nil)
                if case .string(let name) = document["hostname"] { lease.hostname = name }
                if case .date(let date) = document["heartbeat"] { lease.heartbeat = date }
                lease.isExpired = document["expired"] == .bool(true)
                state.put(lease)
            case "deletions":
                guard case .string(let text) = document["_id"], let name = try? JobName(text),
                    case .date(let deletedAt) = document["deletedAt"]
                else { return }
                var (timeout, epoch): (Int64, Int64) = (0, 0)
                if case .int64(let value) = document["heartbeatTimeout"] { timeout = value }
                if case .int64(let value) = document["lockEpoch"] { epoch = value }
                state.put(
                    MemoryStoreDeletion(
                        Deletion(
                            jobName: name, deletedAt: deletedAt, heartbeatTimeout: .milliseconds(timeout),
                            lockEpoch: epoch)))
            default: break
            }
        }
    }

    /// The fields that tests look at, as the real store would hold them.
    package func document(in collection: String, _ id: RawValue) -> RawDocument? {
        access { state, _ in
            switch (collection, id) {
            case ("jobs", .string(let name)): state.jobs[name].map(\.document)
            case ("runs", .objectID(let id)): state.runs[RunID(id)].map { ["revision": .int64($0.revision)] }
            case ("managers", .objectID(let id)): state.managers[ManagerID(id)].map(\.document)
            default: nil
            }
        }
    }
}

extension MemoryStoreJob {
    fileprivate var document: RawDocument {
        var document: RawDocument = ["_id": .string(id)]
        document["managerId"] = managerID.map { .objectID($0.value) }
        document["heartbeat"] = heartbeat.map { .date($0) }
        document["ownerLostAt"] = ownerLostAt.map { .date($0) }
        document["nextRunAt"] = job?.nextRunAt.map { .date($0) }
        document["edition"] = edition.flatMap { $0 == 0 ? nil : .int64($0) }
        if isNew { document["creation"] = .objectID(.zero) }
        document["lockEpoch"] = lockEpoch == 0 ? nil : .int64(lockEpoch)
        if !skipped.isEmpty {
            document["skipped"] = .document(
                Dictionary(uniqueKeysWithValues: skipped.map { ($0.key.rawValue, .int64($0.value)) }))
        }
        if !skips.isEmpty { document["skips"] = .array(skips.map(\.raw)) }
        return document
    }
}

extension SlotSkip {
    /// As a row of a job's document.
    var raw: RawValue {
        .document([
            "reason": .string(reason.rawValue), "firstSlot": .date(firstSlot), "lastSlot": .date(lastSlot),
            "count": .int64(count), "decidedAt": .date(decidedAt),
        ])
    }
}

extension MemoryStoreManager {
    fileprivate var document: RawDocument {
        var document: RawDocument = ["_id": .objectID(id.value), "hostname": .string(hostname)]
        document["heartbeat"] = heartbeat.map { .date($0) }
        if isExpired { document["expired"] = .bool(true) }
        return document
    }
}
