// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func activity(of jobs: [JobName]) async throws(StoreError) -> [JobName: JobActivity] {
        guard !jobs.isEmpty else { return [:] }
        return try await connection.run { [unreadableRuns] client throws(StoreError) in
            var activity: [JobName: JobActivity] = [:]
            for chunk in jobs.chunks(of: 500) {
                // In this order: a run that is told to wait in between is counted twice, not never.
                for pipeline in [MongoQueries.activity(of: Array(chunk)), MongoQueries.queues(of: Array(chunk))] {
                    let rows = try client.aggregate(pipeline, in: CollectionName.runs) { Self.row($0, unreadableRuns) }
                    for (name, row) in rows { activity[name, default: JobActivity()].add(row) }
                }
            }
            for (name, row) in activity where row.waiting > 0 && row.oldestWaiting == nil {
                activity[name]?.oldestWaiting = try client.find(
                    in: CollectionName.runs, MongoQueries.openRuns(of: [name], waiting: true),
                    options: ["sort": ["createdTime": 1, "_id": 1]], limit: 1
                ) { RunDocument.decode($0, unreadable: unreadableRuns) }.first
            }
            return activity
        }
    }

    package func begunSlots(
        from cursors: [JobName: Timestamp]
    ) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        guard !cursors.isEmpty else { return [:] }
        return try await connection.run { client throws(StoreError) in try client.begunSlots(from: cursors) }
    }

    private static func row(_ reader: borrowing BSONReader, _ unreadable: UnreadableRuns) -> (JobName, JobActivity)? {
        var name: JobName?
        var row = JobActivity()
        while reader.next() {
            switch reader.name {
            case "_id":
                if case .string(let text) = reader.value() { name = try? JobName(text) }
            case "active": row.active = Int(reader.value().wholeNumber ?? 0)
            case "waiting":
                row.waiting = Int(reader.value().wholeNumber ?? 0)
                row.pending = row.waiting
            case "pending": row.pending = Int(reader.value().wholeNumber ?? 0)
            case "oldest":
                row.oldestWaiting = reader.firstDocument { RunDocument.decode($0, unreadable: unreadable) } ?? nil
            default: break
            }
        }
        return name.map { ($0, row) }
    }
}

extension JobActivity {
    /// Adds the counts of other runs.
    fileprivate mutating func add(_ other: JobActivity) {
        active += other.active
        pending += other.pending
        waiting += other.waiting
        oldestWaiting = oldestWaiting ?? other.oldestWaiting
    }
}

extension MongoClient {
    /// What both stores know of slots.
    func begunSlots(from cursors: [JobName: Timestamp]) throws(StoreError) -> [JobName: Set<Timestamp>] {
        var begun: [JobName: Set<Timestamp>] = [:]
        for chunk in Array(cursors).chunks(of: 100) {
            var options: BSONFields = ["projection": ["_id": 0, "jobName": 1, "scheduledTime": 1]]
            // Of one job the index has them in order.
            if chunk.count == 1 { options.append("sort", ["scheduledTime": 1]) }
            let slots = try find(
                in: CollectionName.runs, MongoQueries.slots(from: chunk), options: options, limit: 10_000,
                decode: Self.slot)
            for (name, slot) in slots { begun[name, default: []].insert(slot) }
        }
        return begun
    }

    /// Reads the job and the slot of a run.
    private static func slot(_ reader: borrowing BSONReader) -> (JobName, Timestamp)? {
        var name: JobName?
        var slot: Timestamp?
        while reader.next() {
            switch (reader.name, reader.value()) {
            case ("jobName", .string(let text)): name = try? JobName(text)
            case ("scheduledTime", .date(let time)): slot = time
            default: break
            }
        }
        guard let name, let slot else { return nil }
        return (name, slot)
    }
}
