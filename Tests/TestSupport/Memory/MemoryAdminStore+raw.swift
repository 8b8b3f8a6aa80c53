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
                for (field, value) in document where JobFields.names.contains(field) {
                    fields[field] = field == "payload" ? .json(value.json) : value.field
                }
                var record = Self.record(name, fields)
                if case .objectID(let id) = document["managerId"], id != .zero { record.managerID = ManagerID(id) }
                if case .date(let time) = document["heartbeat"] { record.heartbeat = time }
                record.lockEpoch = document["lockEpoch"]?.wholeNumber ?? 0
                record.edition = document["edition"]?.wholeNumber ?? 0
                state.jobs[name] = record
            case "runs":
                guard let record = MemoryStoreRunReader.run(document).map({ RunRecord($0, document) }) else { return }
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
                (try? JobName(text)).map { state.newJobs.contains($0) ? ["creation": .objectID(.zero)] : [:] }
            default: nil
            }
        }
    }
}

extension RawValue {
    fileprivate var wholeNumber: Int64? {
        switch self {
        case .int32(let value): Int64(value)
        case .int64(let value): value
        default: nil
        }
    }
}

extension RunRecord {
    fileprivate init(_ run: Run, _ document: RawDocument) {
        self.init(id: run.id, jobName: run.jobName, status: run.status, createdTime: run.createdTime)
        startTime = run.startTime
        endTime = run.endTime
        heartbeat = run.heartbeat
        scheduledTime = run.scheduledTime
        attempt = run.attempt
        trigger = run.trigger
        payload = run.payload
        result = run.result
        retryAt = run.retryAt
        isWaiting = run.isWaiting
        isPublished = run.publishedAt != nil
        revision = document["revision"]?.wholeNumber ?? 0
        if case .string(let text) = document["error"] { error = text }
        if case .double(let value) = document["progress"] { progress = value }
    }
}
