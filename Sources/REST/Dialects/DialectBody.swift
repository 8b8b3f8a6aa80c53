// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Gathers what is wrong with the body of a request in a dialect, and reads its plain members.
struct DialectBody {
    let members: [String: JSONValue]
    /// In front of the names of the members.
    private let path: String
    private(set) var faults: [FieldFault] = []

    init(_ members: [String: JSONValue], at path: String = "") {
        self.members = members
        self.path = path.isEmpty ? "" : "\(path)."
    }

    /// Whether the member is there and not null.
    func has(_ name: String) -> Bool { members[name].map { $0 != .null } ?? false }

    mutating func add(_ name: String, _ problem: String) { faults.append(FieldFault(path + name, problem)) }

    mutating func add(_ others: [FieldFault]) { faults += others }

    /// A text; `nil` when there is none, or it is none.
    mutating func text(_ name: String) -> String? {
        guard has(name), let value = members[name] else { return nil }
        guard case .string(let text) = value else {
            add(name, "found \(FieldValue.json(value).summary), expected a string")
            return nil
        }
        guard !text.unicodeScalars.contains("\0") else {
            add(name, "holds a NUL character")
            return nil
        }
        return text
    }

    /// A whole number within a range; `nil` when there is none, or it is none.
    mutating func number(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard has(name), let value = members[name] else { return nil }
        guard let number = FieldValue.json(value).wholeNumber, range.contains(number) else {
            add(
                name,
                "found \(FieldValue.json(value).summary), expected a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return number
    }

    /// The members of an object; `nil` when there is none, or it is none.
    mutating func object(_ name: String) -> [String: JSONValue]? {
        guard has(name), let value = members[name] else { return nil }
        guard case .object(let members) = value else {
            add(name, "found \(FieldValue.json(value).summary), expected an object")
            return nil
        }
        return members
    }

    /// Throws when anything is wrong.
    func check() throws(Problem) {
        if !faults.isEmpty { throw .invalid(faults) }
    }
}

extension String {
    /// With every dollar doubled: a text without templates.
    var withoutTemplates: String { replacing("$", with: "$$") }
}
