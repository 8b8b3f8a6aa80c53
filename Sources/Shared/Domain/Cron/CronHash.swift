// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The number that stands behind `H`: a ``StableHash`` of the job's name and the field's name as in ``CronField`` ("minute",
/// "day of month", …).
enum CronHash {
    /// A value below `size`, which is at least 1.
    static func value(of job: JobName, in field: CronField, below size: Int) -> Int {
        Int(StableHash(Array(job.text.utf8), Array(field.rawValue.utf8)).value(below: UInt64(size)))
    }
}
