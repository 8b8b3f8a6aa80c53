// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job as the API shows and edits it, with everything that the Scheduler does not need.
package struct JobRecord: Sendable {
    /// The key.
    package let name: JobName
    /// The definition; `nil` when it cannot be understood, see ``faults``.
    package var job: Job?
    /// What is wrong with it; empty when it is usable.
    package var faults: [FieldFault]
    /// The definition's fields as they are stored; filled only where an edit needs them.
    package var fields: [String: FieldValue]
    /// Who holds it; `nil` = nobody.
    package var managerID: ManagerID?
    /// The Go program's sign of life.
    package var heartbeat: Timestamp?
    /// Counts the times that it was locked.
    package var lockEpoch: Int64
    /// Counts the writes of the API, from 0; internal.
    package var edition: Int64
    /// Whether there is something else in the place of the edition, which then counts as 0; internal.
    package var hasBrokenEdition = false

    package init(
        name: JobName, job: Job?, faults: [FieldFault] = [], fields: [String: FieldValue] = [:],
        managerID: ManagerID? = nil, heartbeat: Timestamp? = nil, lockEpoch: Int64 = 0, edition: Int64 = 0
    ) {
        self.name = name
        self.job = job
        self.faults = faults
        self.fields = fields
        self.managerID = managerID
        self.heartbeat = heartbeat
        self.lockEpoch = lockEpoch
        self.edition = edition
    }
}
