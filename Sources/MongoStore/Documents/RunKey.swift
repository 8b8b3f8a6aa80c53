// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The two things that may exist only once: a run's id, and its slot.
struct RunKey {
    /// A slot of a job that has a run.
    struct Slot: Hashable {
        let jobName: String
        let time: Timestamp

        init(jobName: String, time: Timestamp) {
            self.jobName = jobName
            self.time = time
        }

        /// `nil` for a run that was not made by a slot.
        init?(_ run: Run) {
            guard run.trigger == .schedule, let time = run.scheduledTime else { return nil }
            self.init(jobName: run.jobName.text, time: time)
        }
    }

    let id: Identifier
    let slot: Slot?

    /// Reads a run's key; `nil` when its id is not an ObjectId.
    static func decode(_ reader: borrowing BSONReader) -> RunKey? {
        var id: Identifier?
        var jobName: String?
        var time: Timestamp?
        var isScheduled = false
        while reader.next() {
            switch (reader.name, reader.value()) {
            case ("_id", .objectID(let value)): id = value
            case ("jobName", .string(let value)): jobName = value
            case ("scheduledTime", .date(let value)): time = value
            case ("trigger", .string(let value)): isScheduled = value == RunTrigger.schedule.rawValue
            default: break
            }
        }
        guard let id else { return nil }
        guard isScheduled, let jobName, let time else { return RunKey(id: id, slot: nil) }
        return RunKey(id: id, slot: Slot(jobName: jobName, time: time))
    }
}
