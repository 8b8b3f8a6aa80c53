// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Logging
package import Shared

extension MongoSchedulerStore {
    /// How many rows of skipped slots a job keeps.
    private static let keptSkips: Int32 = 100

    package func advance(_ steps: [JobAdvance]) async throws(StoreError) -> Set<JobName> {
        guard !steps.isEmpty else { return [] }
        // Jobs that go from one slot to the same next one, all those of a burst, are one update for the server.
        let groups = Array(Dictionary(grouping: steps) { JobStepKey($0) }.values)
        return try await connection.run { [logger] client throws(StoreError) in
            let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                for group in groups {
                    let filter = try BSONBuffer.encoded(Self.filter(of: group))
                    let update = try BSONBuffer.encoded(Self.update(of: group[0]))
                    if group.count == 1 {
                        try bulk.updateOne(filter, update)
                    } else {
                        try bulk.updateMany(filter, update)
                    }
                }
            }
            for (index, failure) in report.failures where groups.indices.contains(index) {
                let names = groups[index].map(\.name.text)
                logger.log(
                    .warning, "jobs cannot be moved to their next slot",
                    [.count: "\(names.count)", .jobs: .firstTen(names), .reason: "\(failure.reason)"])
            }
            guard report.matched < steps.count else { return Set(steps.map(\.name)) }
            let positions = try Self.positions(of: steps.map(\.name), client)
            return Set(
                steps.lazy.filter { step in
                    positions[step.name]
                        == JobPosition(
                            managerID: step.managerID, lockEpoch: step.lockEpoch, nextRunAt: step.to)
                }.map(\.name))
        }
    }

    private static func filter(of group: [JobAdvance]) -> BSONFields {
        let step = group[0]
        var filter: BSONFields = [
            "_id": group.count == 1 ? .string(step.name.text) : Guards.isOneOf(group.map(\.name)),
            "nextRunAt": .date(step.from), "enabled": true,
        ]
        #if !MUTANT_NO_EPOCH_GUARD
            filter.append("managerId", .objectID(step.managerID.objectID))
            filter.append("lockEpoch", Guards.equal(step.lockEpoch, missing: 0))
        #endif
        return filter
    }

    private static func update(of step: JobAdvance) -> BSONFields {
        var update: BSONFields =
            if let slot = step.to { ["$set": ["nextRunAt": .date(slot)]] } else { ["$unset": ["nextRunAt": 1]] }
        guard !step.skips.isEmpty else { return update }
        var counts: [String: Int64] = [:]
        for skip in step.skips { counts["skipped.\(skip.reason.rawValue)", default: 0] += skip.count }
        update.append("$inc", .document(BSONFields(counts.map { ($0.key, .int64($0.value)) })))
        let rows = step.skips.suffix(Int(keptSkips)).map { skip -> BSONValue in
            [
                "reason": .string(skip.reason.rawValue), "firstSlot": .date(skip.firstSlot),
                "lastSlot": .date(skip.lastSlot), "count": .int64(skip.count), "decidedAt": .date(skip.decidedAt),
            ]
        }
        update.append("$push", ["skips": ["$each": .array(rows), "$slice": .int32(-keptSkips)]])
        return update
    }

    private static func positions(
        of names: [JobName], _ client: MongoClient
    ) throws(StoreError) -> [JobName: JobPosition] {
        let found = try client.find(
            in: CollectionName.jobs, ["_id": Guards.isOneOf(names)],
            options: ["projection": ["managerId": 1, "lockEpoch": 1, "nextRunAt": 1]]
        ) { JobPosition.decode($0) }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
}
