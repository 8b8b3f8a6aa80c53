// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The field `edition` of a job, which counts its edits.
///
/// Where somebody has made something else of it, it guards no step of a Scheduler, and the next edit begins to count anew.
enum JobEdition {
    /// `nil` = something else.
    static func read(_ value: BSONValue?) -> Int64? {
        var faults = DocumentFaults()
        let edition = faults.counter(value ?? .null, "edition")
        return faults.faults.isEmpty ? edition : nil
    }

    /// That it is as it was read.
    static func guards(of record: JobRecord) -> BSONFields {
        record.hasBrokenEdition
            ? Guards.isBrokenCounter("edition") : ["edition": Guards.equal(record.edition, missing: 0)]
    }
}
