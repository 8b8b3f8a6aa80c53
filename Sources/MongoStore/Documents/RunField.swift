// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// One optional field of a run document: how to tell a change, and how to write it.
struct RunField: Sendable {
    let name: String
    /// Whether two runs differ in it.
    let differs: @Sendable (Run, Run) -> Bool
    /// What to write; `nil` = nothing, the field is absent.
    let value: @Sendable (Run) -> BSONValue?

    init(
        _ name: String, _ differs: @escaping @Sendable (Run, Run) -> Bool,
        _ value: @escaping @Sendable (Run) -> BSONValue?
    ) {
        self.name = name
        self.differs = differs
        self.value = value
    }

    /// A field that holds an instant.
    static func date(_ name: String, _ read: @escaping @Sendable (Run) -> Timestamp?) -> RunField {
        RunField(name, { read($0) != read($1) }, { read($0).map { .date($0) } })
    }
}
