// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

extension MemoryAdminStore {
    /// Puts a document into `jobs`, `runs` or `managers` as another program may have written it.
    package func put(_ document: RawDocument, in collection: String) {
        state.withLock { state in
            switch collection {
            case "jobs":
                guard case .string(let text) = document["_id"], let name = try? JobName(text) else { return }
                var fields: [String: FieldValue] = [:]
                for (field, value) in document where JobField.names.contains(field) {
                    fields[field] = field == "payload" ? .json(value.json) : value.field
                }
                var record = Self.record(name, fields)
                if case .objectID(let id) = document["managerId"], id != .zero { record.managerID = ManagerID(id) }
                if case .date(let time) = document["heartbeat"] { record.heartbeat = time }
                let edition = document["edition"] ?? .int32(0)
                if MemoryStoreInternals.isCounter(edition) {
                    record.edition = edition.wholeNumber ?? 0
                } else {
                    record.hasBrokenEdition = edition != .null
                }
                let faults = MemoryStoreInternals.faults(document)
                record.faults += faults
                if faults.isEmpty {
                    record.lockEpoch = document["lockEpoch"]?.wholeNumber ?? 0
                } else {
                    record.job = nil
                }
                state.jobs[name] = record
            case "runs":
                guard let record = MemoryStoreRunReader.run(document).map({ RunRecord($0) }) else { return }
                state.runs[record.id] = record
                if document["retired"] == .bool(true) { state.retiredRuns.insert(record.id) }
            case "managers":
                guard case .objectID(let id) = document["_id"] else { return }
                var manager = MemoryStoreManager(id: ManagerID(id), hostname: "", heartbeat: nil)
                if case .string(let name) = document["hostname"] { manager.hostname = name }
                if case .date(let date) = document["heartbeat"] { manager.heartbeat = date }
                manager.isExpired = document["expired"] == .bool(true)
                state.managers[manager.id] = manager
            default: break
            }
        }
    }

    /// The fields that the checks look at, as the real store would hold them.
    package func document(in collection: String, _ id: RawValue) -> RawDocument? {
        state.withLock { state in
            switch (collection, id) {
            case ("deletions", .string(let text)):
                (try? JobName(text)).flatMap { state.deletions[$0] }.map { ["lockEpoch": .int64($0.lockEpoch)] }
            case ("jobs", .string(let text)):
                (try? JobName(text)).map { name in
                    var document: RawDocument = state.newJobs.contains(name) ? ["creation": .objectID(.zero)] : [:]
                    document["skips"] = state.skips[name].map { .array($0.map(\.raw)) }
                    return document
                }
            default: nil
            }
        }
    }
}
