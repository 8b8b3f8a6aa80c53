// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Jobs whose names differ in their number only; parts that use the same prefix share their objects in the broker.
struct JobPopulation {
    let names: [JobName]
    /// Whether several runs of one job may be active at once.
    var isConcurrent = true
    /// Whose objects they share; `nil` = each has its own.
    var pool: PoolName?

    /// Where the runs of one of them go.
    func workers(of job: JobName) -> WorkerAddress { pool.map { .pool($0) } ?? .job(job) }

    /// `prefix-00000` and so on: the order of the names is that of the numbers.
    init(_ prefix: String, count: Int) throws {
        names = try (0..<count).map { number in
            try JobName("\(prefix)-\(String(number).count < 5 ? String("00000\(number)".suffix(5)) : String(number))")
        }
    }
}
