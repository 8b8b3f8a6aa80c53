// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// One future slot, as the preview shows it.
package struct SlotPreview: Hashable, Sendable {
    /// The slot.
    package let scheduledTime: Timestamp

    /// The next slots of a job from its `nextRunAt` on, in order; fewer where the schedule ends.
    ///
    /// They are what the engine will fire when nobody edits the job; whether the job is enabled does not matter.
    package static func slots(of job: Job, count: Int) -> [SlotPreview] {
        var slots: [SlotPreview] = []
        var next = job.nextRunAt
        while let slot = next, slots.count < count, slot <= job.endAt ?? .latest {
            slots.append(SlotPreview(scheduledTime: slot))
            next = job.schedule.next(after: slot)
        }
        return slots
    }

    /// Writes it as an object.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("scheduledTime", .string(scheduledTime.wireText))
        json.endObject()
    }
}
