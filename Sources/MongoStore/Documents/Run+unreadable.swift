// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension Run {
    /// Stands for a document that occupies a slot and cannot be understood: ended, so that nothing is done with it and
    /// the slot counts as decided.
    static func unreadable(_ id: Identifier, insteadOf run: Run) -> Run {
        var standIn = Run(
            id: RunID(id), jobName: run.jobName, createdTime: run.createdTime, scheduledTime: run.scheduledTime,
            trigger: run.trigger, lockEpoch: run.lockEpoch)
        standIn.status = .failed
        standIn.endTime = run.createdTime
        standIn.error = "the stored document cannot be understood"
        return standIn
    }
}
