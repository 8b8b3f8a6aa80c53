// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

/// What every part of an engine goes by: the settings, the time, the request to stop, and where it reports.
package struct EngineEnvironment: Sendable {
    /// Durations and limits.
    package let settings: EngineSettings
    /// The database server's time, and a monotonic one.
    package let clock: ClusterClock
    /// For backoffs.
    package let random: InjectedRandom
    /// Where the events of the dialect `clockmonster` go; `nil` = nowhere.
    package let clockMonsterEvents: ClockMonsterEvents?
    /// Where it logs.
    package let logger: Logger
    /// Raised when nothing more is to be begun.
    package let stop = StopSignal()
    /// The engine's metrics.
    package let metrics = EngineMetrics()

    /// The metrics system of the process must be set up before.
    package init(
        settings: EngineSettings, clock: ClusterClock = ClusterClock(), random: InjectedRandom = InjectedRandom(),
        clockMonsterEvents: ClockMonsterEvents? = nil, logger: Logger
    ) {
        self.settings = settings
        self.clock = clock
        self.random = random
        self.clockMonsterEvents = clockMonsterEvents
        self.logger = logger
    }

    /// Repeats `operation` until it succeeds, with growing pauses and one log line per trouble.
    ///
    /// Gives up, with `nil`, when the engine is to stop or the task is cancelled; throws what repeating cannot mend.
    func untilStored<Value: Sendable>(
        _ purpose: String, _ operation: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value? {
        var backoff = Backoff(random: random)
        var isReported = false
        while true {
            do {
                return try await operation()
            } catch {
                guard error.isRetriable else { throw error }
                metrics.count(.storeErrors)
                if !isReported {
                    logger.log(
                        .warning, "database trouble, trying again", [.purpose: "\(purpose)", .error: "\(error)"])
                    isReported = true
                }
                guard !stop.isRaised, !Task.isCancelled else { return nil }
                do { try await clock.sleep(for: backoff.next()) } catch { return nil }
            }
        }
    }
}
