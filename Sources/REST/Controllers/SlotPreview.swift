// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// One future slot, as the preview shows it.
package struct SlotPreview: Hashable, Sendable {
    /// How the clock of the job's zone was put since the slot before.
    package enum Transition: String, Hashable, Sendable {
        case forward, back
    }

    /// The slot.
    package let scheduledTime: Timestamp
    /// The same on the clock of the job's zone, with its offset; `nil` for a job without one.
    package let localTime: String?
    /// `nil` when the clock went on as always.
    package let transition: Transition?

    /// The next slots of a job from its `nextRunAt` on, in order; fewer where the schedule ends.
    ///
    /// They are what the engine will fire when nobody edits the job; whether the job is enabled does not matter.
    package static func slots(of job: Job, count: Int) -> [SlotPreview] {
        var slots: [SlotPreview] = []
        var next = job.nextRunAt.flatMap { job.firstSlot(from: $0) }
        while let slot = next, slots.count < count {
            slots.append(SlotPreview(slot, of: job.schedule, after: slots.last?.scheduledTime))
            next = job.slot(after: slot)
        }
        return slots
    }

    private init(_ slot: Timestamp, of schedule: Schedule, after last: Timestamp?) {
        scheduledTime = slot
        guard let zone = schedule.zone else {
            localTime = nil
            transition = nil
            return
        }
        localTime = zone.localText(at: slot)
        let change = (last ?? schedule.last(before: slot)).map { zone.offset(at: slot) - zone.offset(at: $0) }
        transition = change.flatMap { $0 == .zero ? nil : $0 > .zero ? .forward : .back }
    }

    /// Writes it as an object.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("scheduledTime", .string(scheduledTime.rfc3339))
        json.member("localTime", ifPresent: localTime.map { .string($0) })
        json.member("dstTransition", ifPresent: transition.map { .string($0.rawValue) })
        json.endObject()
    }
}
