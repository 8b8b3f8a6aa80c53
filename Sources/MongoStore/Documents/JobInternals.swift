// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The fields of a job that are ours and without which nobody can lock it: one rule for the job that a Scheduler leaves
/// alone and the fault that the API shows.
struct JobInternals {
    /// Who holds it; `nil` = nobody.
    private(set) var managerID: ManagerID?
    private(set) var lockEpoch: Int64 = 0
    /// Whether it has the mark of a new job.
    private(set) var isNew = false
    private var checks = DocumentFaults()

    /// What is wrong with them.
    var faults: [FieldFault] { checks.faults }

    /// Takes in the current field; gives whether it is one of these.
    mutating func read(_ field: String, _ document: borrowing BSONReader) -> Bool {
        switch field {
        case "managerId": managerID = checks.manager(document.value(), field)
        case "lockEpoch": lockEpoch = checks.counter(document.value(), field)
        case "creation":
            switch document.value() {
            case .null: isNew = false
            case .objectID: isNew = true
            case let other:
                isNew = true
                checks.add(field, found: other, expected: "an ObjectId")
            }
        default: return false
        }
        return true
    }

    /// What an edit writes in the place of those that are faulty, so that the job can be locked again.
    ///
    /// The epoch becomes one that is later than any that a count of locks has reached, `now` in milliseconds. A mark that is
    /// none was meant as one.
    static func repair(of faults: [FieldFault], now: Timestamp) -> (set: BSONFields, unset: BSONFields) {
        var set: BSONFields = [:]
        var unset: BSONFields = [:]
        for fault in faults {
            switch fault.field {
            case "managerId": unset.append("managerId", 1)
            case "lockEpoch": set.append("lockEpoch", .int64(now.millisecondsSinceEpoch))
            case "creation": set.append("creation", .objectID(Identifier.new()))
            default: break
            }
        }
        return (set, unset)
    }

    /// That they are still as faulty as they were read: nobody has locked the job since.
    static func guards(of faults: [FieldFault]) -> [BSONFields] {
        faults.compactMap { fault in
            switch fault.field {
            case "managerId", "creation": [fault.field: ["$not": ["$type": "objectId"]]]
            case "lockEpoch": Guards.isBrokenCounter(fault.field)
            default: nil
            }
        }
    }
}
