// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job document that cannot be understood, and what is wrong with it.
package struct MalformedJob: Hashable, Sendable {
    /// The document's `_id` as text, cut to 128 characters and escaped: safe to log, not a ``JobName``.
    package let id: String
    /// One reason per faulty field, each naming it and what was expected.
    package let reasons: [String]
    /// Who holds it; `nil` = unlocked.
    package let managerID: ManagerID?

    package init(id: String, reasons: [String], managerID: ManagerID?) {
        self.id = id
        self.reasons = reasons
        self.managerID = managerID
    }
}
