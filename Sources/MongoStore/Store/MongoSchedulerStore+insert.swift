// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    /// How often a slot may change between taken and free while we try to fill it.
    private static let maximumRounds = 5
    /// How many slots go into one `$or`.
    private static let slotChunkSize = 100

    package func insertOrAdopt(_ runs: [Run]) async throws(StoreError) -> [Run] {
        guard !runs.isEmpty else { return [] }
        return try await connection.run { [unreadableRuns] client throws(StoreError) in
            var stored: [Run?] = Array(repeating: nil, count: runs.count)
            var missing = Array(runs.indices)
            for _ in 0..<Self.maximumRounds {
                let taken = try Self.insert(missing, of: runs, into: &stored, client)
                if taken.isEmpty { break }
                missing = try Self.adopt(taken, of: runs, into: &stored, client, unreadableRuns)
                if missing.isEmpty { break }
            }
            let result = stored.compactMap(\.self)
            guard result.count == runs.count else {
                throw StoreError(.unavailable, "inserting runs: somebody keeps taking and leaving their slots")
            }
            return result
        }
    }

    package func withdraw(_ runs: [Run]) async throws(StoreError) {
        guard !runs.isEmpty else { return }
        try await connection.run { client throws(StoreError) in
            _ = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
                for run in runs {
                    try bulk.deleteOne(
                        .encoded([
                            "_id": .objectID(run.id.value), "status": .string(RunStatus.pending.rawValue),
                            "publishedAt": .null, "lockEpoch": Guards.equal(run.lockEpoch, missing: 0),
                            "revision": Guards.equal(run.revision, missing: 0),
                        ]))
                }
            }
        }
    }

    /// Inserts the runs at `indices` and returns those of them that were there already.
    private static func insert(
        _ indices: [Int], of runs: [Run], into stored: inout [Run?], _ client: MongoClient
    ) throws(StoreError) -> [Int] {
        let report = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
            for index in indices { try bulk.insert(.encoded(RunDocument.fields(of: runs[index]))) }
        }
        var taken: [Int] = []
        for (place, index) in indices.enumerated() {
            if let failure = report.failures[place] {
                guard failure.code == WriteFailure.duplicateKeyCode else {
                    throw StoreError(.rejected, "inserting the run \(runs[index].id): \(failure.reason)")
                }
                taken.append(index)
            } else {
                stored[index] = runs[index]
            }
        }
        return taken
    }

    /// Adopts what stands in the way of the runs at `indices`; returns those that nothing stands in the way of any more.
    private static func adopt(
        _ indices: [Int], of runs: [Run], into stored: inout [Run?], _ client: MongoClient,
        _ unreadable: UnreadableRuns
    ) throws(StoreError) -> [Int] {
        var occupants: [Int: Identifier] = [:]
        for chunk in indices.chunks(of: slotChunkSize) {
            let found = try client.find(
                in: CollectionName.runs, ["$or": .array(chunk.flatMap { keys(of: runs[$0]) })],
                options: ["projection": ["jobName": 1, "scheduledTime": 1, "trigger": 1]]
            ) { RunKey.decode($0) }
            let byID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let bySlot = Dictionary(
                found.compactMap { key in key.slot.map { ($0, key) } }, uniquingKeysWith: { first, _ in first })
            for index in chunk {
                let slot = RunKey.Slot(runs[index])
                occupants[index] = (byID[runs[index].id.value] ?? slot.flatMap { bySlot[$0] })?.id
            }
        }
        try raiseEpochs(occupants, runs, client)
        let adopted = try client.find(
            in: CollectionName.runs, ["_id": Guards.isOneOf(occupants.values.map { RunID($0) })]
        ) { RunDocument.decodeOrStandIn($0, unreadable: unreadable) }
        let byID = Dictionary(adopted.map { ($0.id, $0.run) }, uniquingKeysWith: { first, _ in first })
        return indices.filter { index in
            guard let id = occupants[index], let run = byID[id] else { return true }
            stored[index] = run ?? .unreadable(id, insteadOf: runs[index])
            return false
        }
    }

    private static func raiseEpochs(
        _ occupants: [Int: Identifier], _ runs: [Run], _ client: MongoClient
    ) throws(StoreError) {
        let byEpoch = Dictionary(grouping: occupants) { runs[$0.key].lockEpoch }
        guard !byEpoch.isEmpty else { return }
        _ = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
            for (epoch, group) in byEpoch {
                try bulk.updateMany(
                    .encoded(["_id": Guards.isOneOf(group.map { RunID($0.value) })]),
                    .encoded(["$max": ["lockEpoch": .int64(epoch)]]))
            }
        }
    }

    /// What can stand in the way of a run: its own id, and its slot.
    static func keys(of run: Run) -> [BSONValue] {
        let id: BSONValue = ["_id": .objectID(run.id.value)]
        guard let slot = RunKey.Slot(run) else { return [id] }
        return [
            id,
            [
                "jobName": .string(slot.jobName), "scheduledTime": .date(slot.time),
                "trigger": .string(RunTrigger.schedule.rawValue),
            ],
        ]
    }
}
