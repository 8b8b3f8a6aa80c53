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
            let report = try Self.write(groups, client)
            var failures = Self.failures(report, groups)
            // Somebody may have made something else of the record of skips of one of them: it begins anew, the job goes on.
            for anew in [false, true] {
                let rest = failures.flatMap(\.group).filter { !$0.skips.isEmpty }.map { [$0] }
                guard !rest.isEmpty else { break }
                failures = failures.filter { $0.group[0].skips.isEmpty }
                failures += Self.failures(try Self.write(rest, anew: anew, client), rest)
            }
            for (group, reason) in failures {
                let names = group.map(\.name.text)
                logger.log(
                    .warning, "jobs cannot be moved to their next slot",
                    [.count: "\(names.count)", .jobs: .firstTen(names), .reason: "\(reason)"])
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

    private static func failures(
        _ report: BulkReport, _ groups: [[JobAdvance]]
    ) -> [(group: [JobAdvance], reason: String)] {
        report.failures.filter { groups.indices.contains($0.key) }.map { (groups[$0.key], $0.value.reason) }
    }

    private static func write(
        _ groups: [[JobAdvance]], anew: Bool = false, _ client: MongoClient
    ) throws(StoreError) -> BulkReport {
        try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
            for group in groups {
                let filter = try BSONBuffer.encoded(filter(of: group))
                let update = try BSONBuffer.encoded(update(of: group[0], anew: anew))
                if group.count == 1 {
                    try bulk.updateOne(filter, update)
                } else {
                    try bulk.updateMany(filter, update)
                }
            }
        }
    }

    private static func filter(of group: [JobAdvance]) -> BSONFields {
        let step = group[0]
        var filter: BSONFields = [
            "_id": group.count == 1 ? .string(step.name.text) : Guards.isOneOf(group.map(\.name)),
            // Null, year 1 and what is no date are no slot.
            "nextRunAt": step.from.map { .date($0) } ?? ["$not": ["$gte": .date(.earliest)]], "enabled": true,
        ]
        #if !MUTANT_NO_EPOCH_GUARD
            filter.append("managerId", .objectID(step.managerID.objectID))
            filter.append("lockEpoch", Guards.equal(step.lockEpoch, missing: 0))
        #endif
        return filter
    }

    /// `anew` begins the record of skips with those of this step.
    private static func update(of step: JobAdvance, anew: Bool) -> BSONFields {
        var set: BSONFields = [:]
        var update: BSONFields = [:]
        if let slot = step.to {
            set.append("nextRunAt", .date(slot))
        } else {
            update.append("$unset", ["nextRunAt": 1])
        }
        if !step.skips.isEmpty {
            var counts: [SkipReason: Int64] = [:]
            for skip in step.skips { counts[skip.reason, default: 0] += skip.count }
            let rows = BSONValue.array(step.skips.suffix(Int(keptSkips)).map(row))
            if anew {
                set.append("skipped", .document(BSONFields(counts.map { ($0.key.rawValue, .int64($0.value)) })))
                set.append("skips", rows)
            } else {
                update.append(
                    "$inc", .document(BSONFields(counts.map { ("skipped.\($0.key.rawValue)", .int64($0.value)) })))
                update.append("$push", ["skips": ["$each": rows, "$slice": .int32(-keptSkips)]])
            }
        }
        if !set.isEmpty { update.append("$set", .document(set)) }
        return update
    }

    private static func row(_ skip: SlotSkip) -> BSONValue {
        [
            "reason": .string(skip.reason.rawValue), "firstSlot": .date(skip.firstSlot),
            "lastSlot": .date(skip.lastSlot), "count": .int64(skip.count), "decidedAt": .date(skip.decidedAt),
        ]
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
