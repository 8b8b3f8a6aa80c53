// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Logging
package import Shared

extension MongoSchedulerStore {
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
                            managerID: step.managerID, lockEpoch: step.lockEpoch, nextRunAt: step.to,
                            edition: step.editionAfter)
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
            "nextRunAt": step.from.map { .date($0) } ?? Guards.noDate,
            "managerId": .objectID(step.managerID.value),
            "lockEpoch": Guards.equal(step.lockEpoch, missing: 0),
        ]
        if let job = step.endOf {
            filter.append("endAt", job.endAt.map { .date($0) } ?? Guards.noDate)
            switch job.schedule {
            case .once: filter.append("interval", Guards.equal(0, missing: 0))
            case .every(let interval): filter.append("interval", .int64(interval.milliseconds))
            case .cron, .calendar: break
            }
            if case .cron(let cron) = job.schedule {
                filter.append("cron", .string(cron.expression.text))
            } else {
                filter.append("cron", .null)
            }
            if case .calendar(let calendar) = job.schedule {
                filter.append("every.\(calendar.step.unit.rawValue)", .int64(Int64(calendar.step.count)))
            } else {
                filter.append("every", .null)
            }
        }
        if !step.accountsForEdit { filter.append("enabled", true) }
        if let edition = step.edition { filter.append("edition", Guards.equal(edition, missing: 0)) }
        return filter
    }

    /// `anew` begins the record of skips with those of this step.
    private static func update(of step: JobAdvance, anew: Bool) -> BSONFields {
        var set: BSONFields = [:]
        if step.accountsForEdit, let edition = step.editionAfter { set.append("edition", .int64(edition)) }
        if let slot = step.to { set.append("nextRunAt", .date(slot)) }
        AnchoredSlot.add(step, to: &set)
        var update: BSONFields = step.to == nil ? ["$unset": ["nextRunAt": 1]] : [:]
        SkipRecord.add(step.skips, anew: anew, to: &update, &set)
        if !set.isEmpty { update.append("$set", .document(set)) }
        return update
    }

    private static func positions(
        of names: [JobName], _ client: MongoClient
    ) throws(StoreError) -> [JobName: JobPosition] {
        let found = try client.find(
            in: CollectionName.jobs, ["_id": Guards.isOneOf(names)],
            options: ["projection": ["managerId": 1, "lockEpoch": 1, "nextRunAt": 1, "edition": 1]]
        ) { JobPosition.decode($0) }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }
}

/// What the steps of several jobs have in common that can be stored by one update.
struct JobStepKey: Hashable {
    private let managerID: ManagerID
    private let lockEpoch: Int64
    private let edition: Int64?
    private let accountsForEdit: Bool
    private let from: Timestamp?
    private let to: Timestamp?
    private let anchor: Timestamp?
    private let schedule: Schedule?
    private let endAt: Timestamp?
    private let skips: [SlotSkip]

    init(_ step: JobAdvance) {
        managerID = step.managerID
        lockEpoch = step.lockEpoch
        edition = step.edition
        accountsForEdit = step.accountsForEdit
        from = step.from
        to = step.to
        anchor = step.anchor
        schedule = step.endOf?.schedule
        endAt = step.endOf?.endAt
        skips = step.skips
    }
}

/// Who holds a job, and where it stands: as much as tells whether a step was made.
struct JobPosition: Equatable {
    var managerID: ManagerID?
    var lockEpoch: Int64
    var nextRunAt: Timestamp?
    var edition: Int64?

    /// Reads a job of a valid name; `nil` for the others.
    static func decode(_ reader: borrowing BSONReader) -> (JobName, JobPosition)? {
        var name: JobName?
        var position = JobPosition(managerID: nil, lockEpoch: 0, nextRunAt: nil, edition: 0)
        var faults = DocumentFaults()
        while reader.next() {
            let field = reader.name
            switch field {
            case "_id": name = faults.string(reader.value(), field).flatMap { try? JobName($0) }
            case "managerId": position.managerID = faults.manager(reader.value(), field)
            case "lockEpoch": position.lockEpoch = faults.counter(reader.value(), field)
            case "nextRunAt": position.nextRunAt = faults.date(reader.value(), field)
            case "edition": position.edition = JobEdition.read(reader.value())
            default: break
            }
        }
        guard faults.faults.isEmpty, let name else { return nil }
        return (name, position)
    }
}
