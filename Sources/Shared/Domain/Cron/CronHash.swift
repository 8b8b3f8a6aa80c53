// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The number that stands behind `H`: the same in every process and version, different from job to job.
///
/// FNV-1a (64 bits, offset basis 0xcbf29ce484222325, prime 0x100000001b3) over the UTF-8 of the job's name, a zero byte
/// and the field's name as in ``CronField`` ("minute", "day of month", …); then x ^= x >> 32, x *= 0x9e3779b97f4a7c15,
/// x ^= x >> 29, because the lowest bits of FNV alone follow those of the last letters. Never change this: every job
/// with `H` would move.
enum CronHash {
    /// A value below `size`, which is at least 1.
    static func value(of job: JobName, in field: CronField, below size: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(job.text.utf8) + [0] + Array(field.rawValue.utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        hash = (hash ^ (hash >> 32)) &* 0x9e37_79b9_7f4a_7c15
        hash ^= hash >> 29
        return Int(hash % UInt64(size))
    }
}
