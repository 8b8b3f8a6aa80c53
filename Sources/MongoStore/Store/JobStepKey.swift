// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What the steps of several jobs have in common that can be stored by one update.
struct JobStepKey: Hashable {
    private let managerID: ManagerID
    private let lockEpoch: Int64
    private let edition: Int64?
    private let accountsForEdit: Bool
    private let from: Timestamp?
    private let to: Timestamp?
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
        schedule = step.endOf?.schedule
        endAt = step.endOf?.endAt
        skips = step.skips
    }
}
