// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryAdminStore {
    package func create(_ job: Job) async throws(StoreError) -> Bool {
        try with { state in
            guard state.jobs[job.name] == nil else { return false }
            state.jobs[job.name] = Self.record(job, edition: 0)
            state.newJobs.insert(job.name)
            return true
        }
    }

    package func job(named name: JobName, withFields: Bool) async throws(StoreError) -> JobRecord? {
        try with { $0.jobs[name] }
    }

    package func jobs(
        after name: JobName?, labels: [String: String], limit: Int
    ) async throws(StoreError) -> Page<JobRecord> {
        try with { state in
            let found = state.jobs.values.sorted { $0.name < $1.name }.filter { record in
                record.job != nil && (name.map { record.name > $0 } ?? true)
                    && labels.allSatisfy { record.job?.labels[$0.key] == $0.value }
            }
            return Page(Array(found.prefix(limit)), hasMore: found.count > limit)
        }
    }

    package func apply(_ edit: JobEdit) async throws(StoreError) -> Bool {
        try with { state in
            intrude(&state)
            guard let stored = state.jobs[edit.before.name], stored.edition == edit.before.edition,
                stored.hasBrokenEdition == edit.before.hasBrokenEdition,
                edit.until.map({ now() < $0 }) ?? true,
                edit.guarded.allSatisfy({ Self.isSame(stored.fields[$0], edit.before.fields[$0]) })
            else { return false }
            state.skips[edit.before.name, default: []] += edit.skips
            let after = Self.fields(of: edit.after)
            var fields = stored.fields
            for name in edit.changed { fields[name] = after[name] }
            var record = Self.record(edit.before.name, fields)
            record.managerID = stored.managerID
            record.heartbeat = stored.heartbeat
            let isRepaired = stored.faults.contains { $0.field == "lockEpoch" }
            record.lockEpoch = isRepaired ? now().millisecondsSinceEpoch : stored.lockEpoch
            record.edition = stored.edition + 1
            state.jobs[record.name] = record
            return true
        }
    }

    package func delete(_ name: JobName, expected: JobRecord?) async throws(StoreError) -> JobDeletion {
        try with { state in
            guard let stored = state.jobs[name] else { return .missing }
            guard expected.map({ $0.edition == stored.edition }) ?? true else { return .conflict }
            state.deletions[name] = Deletion(
                jobName: name, deletedAt: now(), lockEpoch: max(state.deletions[name]?.lockEpoch ?? 0, stored.lockEpoch)
            )
            state.jobs[name] = nil
            state.newJobs.remove(name)
            state.claims = state.claims.filter { $0.value.jobName != name }
            return .deleted
        }
    }

    /// A job as it is when nobody has touched it.
    package static func record(_ job: Job, edition: Int64) -> JobRecord {
        JobRecord(name: job.name, job: job, fields: fields(of: job), edition: edition)
    }

    /// What a job with these fields is read as.
    package static func record(_ name: JobName, _ fields: [String: FieldValue]) -> JobRecord {
        var reader = JobReader(from: .document)
        for (field, value) in fields.sorted(by: { $0.key < $1.key }) { reader.read(field, value) }
        if case .json(let stored)? = fields[JobDialect.field] { reader.readDialect(stored) }
        let job = reader.finish(name)
        return JobRecord(name: name, job: job, faults: reader.faults, fields: fields)
    }

    /// The fields as a store has them.
    private static func fields(of job: Job) -> [String: FieldValue] {
        var fields: [String: FieldValue] = [:]
        for (field, value) in job.storedFields { fields[field.rawValue] = .json(value) }
        fields["nextRunAt"] = job.nextRunAt.map { .date($0) }
        fields["anchor"] = job.anchor.map { .date($0) }
        fields["startAt"] = job.startAt.map { .date($0) }
        fields["endAt"] = job.endAt.map { .date($0) }
        fields["name"] = nil
        fields[JobDialect.field] = job.dialect.map { .json($0.storedJSON) }
        return fields
    }

    private static func isSame(_ left: FieldValue?, _ right: FieldValue?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (.date(let left)?, .date(let right)?): left == right
        case (.json(let left)?, .json(let right)?): left == right
        case (.other(let left)?, .other(let right)?): left == right
        default: false
        }
    }
}
