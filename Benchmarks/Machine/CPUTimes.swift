// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc

/// The CPU time of everybody who takes part, in seconds.
struct CPUTimes {
    var scheduler: Double
    var mongod: Double
    var rabbitMQ: Double
    /// The benchmark itself: nearly all of it is the worker.
    var worker: Double

    /// What they have used up to now.
    static func now(_ bench: Bench, scheduler: ServiceProcess) throws -> CPUTimes {
        CPUTimes(
            scheduler: try ProcessUsage(of: scheduler.pid).cpuSeconds,
            mongod: try ProcessUsage(of: bench.settings.mongodPID).cpuSeconds,
            rabbitMQ: try ProcessUsage(of: bench.settings.rabbitMQPID).cpuSeconds,
            worker: try ProcessUsage(of: getpid()).cpuSeconds)
    }

    static func - (later: CPUTimes, earlier: CPUTimes) -> CPUTimes {
        CPUTimes(
            scheduler: later.scheduler - earlier.scheduler, mongod: later.mongod - earlier.mongod,
            rabbitMQ: later.rabbitMQ - earlier.rabbitMQ, worker: later.worker - earlier.worker)
    }

    /// Reports them per thousand of `runs`.
    func report(to report: Report, _ name: String, runs: Int) {
        let factor = 1000 / Double(max(runs, 1))
        report.add("\(name).cpu.scheduler", scheduler * factor, "s/1000 runs")
        report.add("\(name).cpu.mongod", mongod * factor, "s/1000 runs")
        report.add("\(name).cpu.rabbitmq", rabbitMQ * factor, "s/1000 runs")
        report.add("\(name).cpu.worker", worker * factor, "s/1000 runs")
    }
}
