// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import RabbitMQBus
import Shared

/// What every part works with.
///
/// Not to be shared between tasks.
final class Bench {
    let settings: BenchmarkSettings
    let report: Report
    let progress: Progress
    /// Everything that was started and has not ended.
    var programs: [ServiceProcess] = []
    var workers: [ActionWorker] = []

    init(_ settings: BenchmarkSettings) {
        self.settings = settings
        let progress = Progress()
        self.progress = progress
        report = Report { progress.show($0) }
    }

    /// How many jobs the parts have that are about many: a broker of the usual size takes minutes to declare ten thousand.
    var population: Int { scaled(settings.isLong ? 10_000 : 5_000, least: 100) }

    /// A count in the scale of this run, at least `least`.
    func scaled(_ count: Int, least: Int = 1) -> Int {
        max(least, Int((Double(count) * settings.scale).rounded()))
    }

    /// A length of time in whole seconds in the scale of this run, at least two.
    func scaledSeconds(_ seconds: Int) -> Int {
        settings.scale >= 1 ? seconds : scaled(seconds, least: 2)
    }

    /// How to reach the broker.
    func broker(_ queueType: QueueType = .classic) throws -> RabbitMQSettings {
        try RabbitMQSettings(
            connectionString: settings.rabbitMQ, queueType: queueType, connectionName: "benchmark")
    }

    /// What our own wrappers log: only what is wrong.
    var logger: Logger {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .error
        return logger
    }

    /// Ends what a part that failed has left.
    func endEverything() async {
        for program in programs { await program.kill() }
        programs = []
        for worker in workers { try? await worker.stop() }
        workers = []
    }
}
