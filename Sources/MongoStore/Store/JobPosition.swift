// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Who holds a job, and where it stands: as much as tells whether a step was made.
struct JobPosition: Equatable {
    var managerID: ManagerID?
    var lockEpoch: Int64
    var nextRunAt: Timestamp?
    var edition: Int64?

    /// Reads a job of a valid name; `nil` for the others.
    static func decode(_ reader: borrowing BSONReader) -> (JobName, JobPosition)? {
        var name: JobName?
        var position = JobPosition(managerID: nil, lockEpoch: 0, nextRunAt: nil, edition: 0)
        var faults = DocumentFaults()
        while reader.next() {
            let field = reader.name
            switch field {
            case "_id": name = faults.string(reader.value(), field).flatMap { try? JobName($0) }
            case "managerId": position.managerID = faults.manager(reader.value(), field)
            case "lockEpoch": position.lockEpoch = faults.counter(reader.value(), field)
            case "nextRunAt": position.nextRunAt = faults.date(reader.value(), field)
            case "edition": position.edition = JobEdition.read(reader.value())
            default: break
            }
        }
        guard faults.faults.isEmpty, let name else { return nil }
        return (name, position)
    }
}
