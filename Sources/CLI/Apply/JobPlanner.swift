// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Finds what has to be done so that the API's jobs are those of the files: a pure function of both and the time.
struct JobPlanner {
    /// How many next slots a plan shows.
    static let shownSlots = 3

    let now: Timestamp

    /// What to do for the job of a file; `current` is the API's, `nil` when there is none.
    func change(to wanted: JobDocument, from current: JobDefinition?, tag: String?) -> JobChange {
        let name = wanted.definition.name.text
        guard let current else {
            var job = wanted.definition.job
            job.nextRunAt = job.nextRunAt ?? NextSlot.first(of: job, now: now)
            return JobChange(name: name, action: .create, slotsAfter: slots(of: job), definition: wanted.definition)
        }
        var fields: [JobChange.Field] = []
        for field in JobField.allCases {
            let before = current.fields[field.rawValue]
            let after = wanted.definition.fields[field.rawValue]
            guard field != .nextRunAt else {
                if let slot = newSlot(wanted, current) {
                    fields.append(.init(name: field, before: before, after: .string(slot.rfc3339)))
                }
                continue
            }
            if before != after { fields.append(.init(name: field, before: before, after: after)) }
        }
        guard !fields.isEmpty else { return JobChange(name: name, action: .keep) }
        let patch = fields.map { ($0.name.rawValue, $0.after ?? $0.name.cleared) }
        return JobChange(
            name: name, action: .update(Dictionary(uniqueKeysWithValues: patch), tag: tag), fields: fields,
            slotsBefore: slots(of: current.job),
            slotsAfter: slots(of: after(wanted, current, slot: newSlot(wanted, current))))
    }

    /// What to do with a job that is in no file and may go.
    func deletion(of current: JobDefinition) -> JobChange {
        JobChange(name: current.name.text, action: .delete, slotsBefore: slots(of: current.job))
    }

    /// The slot that the job is to be armed with because the file says another than the job has.
    ///
    /// A slot of a file is where a row of slots begins. A job that has gone on along that row since is as the file
    /// says, and so is one that is through with it; one that is put on it starts with the row's first slot to come.
    private func newSlot(_ wanted: JobDocument, _ current: JobDefinition) -> Timestamp? {
        guard let start = wanted.nextRunAt else { return nil }
        let schedule = wanted.definition.job.schedule
        guard let next = current.job.nextRunAt else {
            return schedule == .once && start > now ? start : nil
        }
        if next >= start, schedule.first(from: start, notBefore: next) == next { return nil }
        return schedule.first(from: start, notBefore: now) ?? start
    }

    /// The job after the update, with the slot that the API will give it.
    private func after(_ wanted: JobDocument, _ current: JobDefinition, slot: Timestamp?) -> Job {
        var job = wanted.definition.job
        job.nextRunAt = slot ?? current.job.nextRunAt
        if slot == nil, job.schedule != current.job.schedule {
            job.nextRunAt = NextSlot.afterEdit(of: current.job, to: job, now: now)
        }
        return job
    }

    private func slots(of job: Job) -> [Timestamp] {
        guard job.isEnabled else { return [] }
        var slots: [Timestamp] = []
        var next = job.nextRunAt.flatMap { job.firstSlot(from: $0) }
        while let slot = next, slots.count < Self.shownSlots {
            slots.append(slot)
            next = job.slot(after: slot)
        }
        return slots
    }
}
