// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An object of the API (a job, a run, a manager, a slot), with whatever fields the API gave it.
struct Item: Sendable, Equatable {
    let members: [String: JSONValue]

    init(members: [String: JSONValue]) {
        self.members = members
    }

    /// `nil` when it is no object.
    init?(_ json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.members = members
    }

    /// A text; empty when it is absent or none.
    func text(_ name: String) -> String {
        guard case .string(let text)? = members[name] else { return "" }
        return text
    }

    func time(_ name: String) -> Timestamp? {
        guard case .string(let text)? = members[name] else { return nil }
        return Timestamp(rfc3339: text)
    }

    func int(_ name: String) -> Int64? {
        members[name].flatMap { FieldValue.json($0).wholeNumber }
    }

    func number(_ name: String) -> Double? {
        switch members[name] {
        case .int(let value)?: Double(value)
        case .double(let value)?: value
        default: nil
        }
    }

    func flag(_ name: String) -> Bool {
        members[name] == .bool(true)
    }

    /// Where a run stands; `nil` for a status of a future API.
    var status: RunStatus? { RunStatus(rawValue: text("status")) }
}
