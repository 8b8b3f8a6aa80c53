// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `deletions`, on its way to a value.
enum DeletionDocument {
    /// Reads a document to its end; `nil` when it has no usable name or time.
    static func decode(_ reader: borrowing BSONReader) -> Deletion? {
        var name: JobName?
        var deletedAt: Timestamp?
        var heartbeatTimeout = Duration.zero
        var lockEpoch: Int64 = 0
        var remover: ManagerID?
        while reader.next() {
            switch (reader.name, reader.value()) {
            case ("_id", .string(let text)): name = try? JobName(text)
            case ("deletedAt", .date(let time)): deletedAt = time
            case ("heartbeatTimeout", let value): heartbeatTimeout = .milliseconds(max(0, value.wholeNumber ?? 0))
            case ("lockEpoch", let value):
                lockEpoch = min(max(0, value.wholeNumber ?? 0), DocumentFaults.largestCounter)
            case ("remover", .objectID(let id)): remover = ManagerID(id)
            default: break
            }
        }
        guard let name, let deletedAt else { return nil }
        return Deletion(
            jobName: name, deletedAt: deletedAt, heartbeatTimeout: heartbeatTimeout, lockEpoch: lockEpoch,
            remover: remover)
    }
}
