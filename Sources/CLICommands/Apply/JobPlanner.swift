// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What `apply` does with one job.
struct JobChange: Sendable, Equatable {
    enum Action: Sendable, Equatable {
        case create
        /// By this patch, to the edition with this tag.
        case update([String: JSONValue], tag: String?)
        case delete
        case keep
    }

    /// What becomes of one field.
    struct Field: Sendable, Equatable {
        let name: JobField
        let before: JSONValue?
        let after: JSONValue?
    }

    let name: String
    let action: Action
    /// In the order of `JobField.forPeople`.
    var fields: [Field] = []
    /// The next slots as they are; `nil` when there is no job.
    var slotsBefore: [Timestamp]?
    /// The next slots as they will be; `nil` when there will be no job.
    var slotsAfter: [Timestamp]?
    /// What the file says, for a job that is made.
    var definition: JobDefinition?
}

/// Finds what has to be done so that the API's jobs are those of the files: a pure function of both and the time.
struct JobPlanner {
    /// How many next slots a plan shows.
    static let shownSlots = 3

    /// The API's time: what is ahead must be the same for whoever asks.
    let now: Timestamp

    /// What to do for the job of a file; `current` is the API's, `nil` when there is none.
    func change(to wanted: JobDocument, from current: JobDefinition?, tag: String?) -> JobChange {
        let name = wanted.definition.name.text
        guard let current else {
            var job = wanted.definition.job
            job.nextRunAt = job.nextRunAt ?? NextSlot.first(of: job, now: now)
            return JobChange(name: name, action: .create, slotsAfter: slots(of: job), definition: wanted.definition)
        }
        let slot = slot(wanted, current)
        var job = wanted.definition.job
        // What the file does not say is the API's: there it stays as it is.
        if job.anchor == nil { job.keepAnchor(of: current.job) }
        var fields: [JobChange.Field] = []
        for field in JobField.forPeople {
            let before = current.fields[field.rawValue]
            let after: JSONValue? =
                switch field {
                case .nextRunAt: slot.map { .string($0.rfc3339) } ?? before
                case .anchor: job.anchor.map { .string($0.rfc3339) } ?? before
                case .delivery: wanted.definition.delivery(keepingSecretsOf: current)
                default: wanted.definition.fields[field.rawValue]
                }
            if before != after { fields.append(.init(name: field, before: before, after: after)) }
        }
        guard !fields.isEmpty else { return JobChange(name: name, action: .keep) }
        var patch = Dictionary(
            uniqueKeysWithValues: fields.map { ($0.name.rawValue, $0.after ?? $0.name.cleared) })
        // Said although it is the same: otherwise the API would arm a new schedule by itself, and count a row that has gone on
        // from the slot that is next.
        if let slot, !job.hasRule(of: current.job) { patch[JobField.nextRunAt.rawValue] = .string(slot.rfc3339) }
        if let anchor = job.anchor, patch[JobField.nextRunAt.rawValue] != nil {
            patch[JobField.anchor.rawValue] = .string(anchor.rfc3339)
        }
        return JobChange(
            name: name, action: .update(patch, tag: tag), fields: fields, slotsBefore: slots(of: current.job),
            slotsAfter: slots(of: after(job, wanted, current, slot: slot)))
    }

    /// What to do with a job that is in no file and may go.
    func deletion(of current: JobDefinition) -> JobChange {
        JobChange(name: current.name.text, action: .delete, slotsBefore: slots(of: current.job))
    }

    /// The slot that the job is to have, its own or another; `nil` where the file leaves that to the API, or the row of slots
    /// is over and the job is done.
    ///
    /// A slot of a file is where a row of slots begins. As long as it lies ahead it is the job's next one. After that a job
    /// that has gone on along the row is as the file says: its next slot is one of the row, and at most the first to come. One
    /// that is put on the row starts there.
    private func slot(_ wanted: JobDocument, _ current: JobDefinition) -> Timestamp? {
        guard let start = wanted.nextRunAt else { return nil }
        let job = wanted.definition.job
        let next = current.job.nextRunAt
        let limit = max(now + .milliseconds(1), job.startAt ?? start)
        guard let upcoming = start > now ? start : job.schedule.first(from: start, notBefore: limit) else {
            // A one-shot whose time has passed: it has run, or is about to, or has to.
            return next == nil ? nil : start
        }
        guard let next else { return upcoming > job.endAt ?? .latest ? nil : upcoming }
        if start > now { return start }
        let isOnRow = next >= start && next <= upcoming && job.schedule.first(from: start, notBefore: next) == next
        return isOnRow ? next : upcoming
    }

    /// The job after the update, with the slot that the API will give it.
    private func after(_ job: Job, _ wanted: JobDocument, _ current: JobDefinition, slot: Timestamp?) -> Job {
        var job = job
        job.nextRunAt = slot ?? current.job.nextRunAt
        if slot == nil, job.schedule != current.job.schedule, wanted.nextRunAt == nil {
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
