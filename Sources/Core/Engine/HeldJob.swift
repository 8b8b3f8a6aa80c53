// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A job that this instance holds, with what only its owner remembers of it.
package struct HeldJob: Sendable {
    /// The definition and the lock.
    package var owned: OwnedJob
    /// Slots before this are missed rather than late: they were due before this instance came to the job.
    package var missedBefore: Timestamp
    /// When the job was seen to be enabled again: its slots up to then fell due while it was disabled.
    package var disabledUntil: Timestamp?
    /// The job as it was, where the database has another since and nobody has accounted for it: an edit that did not come
    /// through the API.
    ///
    /// The next step does, before anything is fired.
    package var replaced: Job? {
        get { if case .with(let job)? = edit { job } else { nil } }
        set { edit = newValue.map { .with($0) } }
    }

    /// Apart, since hardly a job has it, and tens of thousands are held.
    private indirect enum Edit {
        case with(Job)
    }

    private var edit: Edit?
    /// Where steps were to lead whose answer was lost: a `nextRunAt` among them is no edit.
    package var triedSlots: Set<Timestamp?> = []
    /// Since when it is held.
    package let heldSince: Timestamp
    /// Whether runs may be waiting for their turn, as far as the last count says.
    package var mayHaveWaiting = true
    /// Whether slots from `nextRunAt` on may have runs already: until this owner has moved the job once by itself.
    package var mayHaveBegun = true
    /// Whether a batch is deciding it now.
    package var isBusy = false
    /// Whether the database has it otherwise than it is held: it was refused, and waits until it was read again.
    package var isInDoubt = false
    /// Whether it has a cron and no slot, because somebody has put it there so: it is taken at once and gets its next one.
    package var needsSlot = false
    /// Not to be taken before this moment, after a trouble of its own.
    package var retryAt: Timestamp?
    /// The table's tick at which a batch last changed its `nextRunAt`, or was refused.
    package var changedAt: UInt64 = 0
    /// Names its one valid entry in the heap.
    package var heapTicket: UInt64 = 0

    /// A job that was just found.
    init(owned: OwnedJob, missedBefore: Timestamp, heldSince: Timestamp) {
        self.owned = owned
        self.missedBefore = missedBefore
        self.heldSince = heldSince
        needsSlot = Self.needsSlot(owned.job, now: heldSince)
    }

    /// Whether the job, as it was read, has nothing that is not known.
    func isAsHeld(_ read: OwnedJob, now: Timestamp) -> Bool {
        owned == read && !isInDoubt && triedSlots.isEmpty && needsSlot == Self.needsSlot(read.job, now: now)
    }

    /// Whether a job without a slot has one ahead.
    static func needsSlot(_ job: Job, now: Timestamp) -> Bool {
        guard job.nextRunAt == nil, case .cron = job.schedule else { return false }
        return NextSlot.first(of: job, now: now) != nil
    }

    /// Takes in where a batch has left it; `tick` is the table's.
    mutating func take(_ outcome: BatchOutcome, at tick: UInt64) {
        isBusy = false
        retryAt = outcome.retryAt
        mayHaveWaiting = outcome.mayHaveWaiting ?? mayHaveWaiting
        mayHaveBegun = outcome.mayHaveBegun
        if outcome.wasRefused {
            isInDoubt = true
            changedAt = tick
            triedSlots = outcome.triedSlots
        }
        if let accounted = outcome.accountedFor {
            // What was edited meanwhile is the next to be accounted for.
            replaced = owned.job.hasRule(of: accounted.job) ? nil : accounted.job
            owned.edition = accounted.edition
        }
        if !outcome.wasRefused, outcome.retryAt == nil { needsSlot = false }
        if let next = outcome.next {
            owned.job.nextRunAt = next.slot
            replaced?.nextRunAt = next.slot
            if outcome.accountedFor == nil { disabledUntil = nil }
            changedAt = tick
        }
    }

    /// The job's name.
    package var name: JobName { owned.job.name }

    /// Whether a batch may take it.
    package var isFree: Bool { !isBusy && !isInDoubt }

    /// When it wants to be taken; `nil` = not at all.
    package var dueAt: Timestamp? {
        guard !isInDoubt else { return nil }
        if replaced != nil { return retryAt ?? .earliest }
        guard owned.job.isEnabled else { return nil }
        if needsSlot { return retryAt ?? .earliest }
        guard let slot = owned.job.nextRunAt else { return nil }
        let dueAt = owned.job.dueAt(slot)
        return max(dueAt, retryAt ?? dueAt)
    }
}

/// A job that was taken from the table for one batch, and why.
package struct TakenJob: Sendable {
    /// The job as it stood.
    package let held: HeldJob
    /// Whether a slot of it is due.
    package let isDue: Bool
    /// Whether somebody asked for the release of a waiting run.
    package let wantsRelease: Bool

    /// Whether its runs must be counted first.
    var needsCounts: Bool { held.owned.job.isLimited || wantsRelease }
}
