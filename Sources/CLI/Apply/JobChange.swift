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
