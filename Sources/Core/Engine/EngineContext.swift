// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

/// What every part of the engine shares: the seams, the time, the held jobs and the lease.
package struct EngineContext: Sendable {
    package let store: any SchedulerStore
    package let bus: any SchedulerBus
    package let clock: ClusterClock
    package let settings: EngineSettings
    package let table: JobTable
    package let lease: Lease
    package let ids: IdentifierGenerator
    package let random: InjectedRandom
    package let ingestLag: IngestLag
    package let wakeUps: WakeUps
    package let stop: StopSignal
    package let metrics: EngineMetrics
    package let logger: Logger

    package init(
        store: any SchedulerStore, bus: any SchedulerBus, clock: ClusterClock, settings: EngineSettings,
        ids: IdentifierGenerator, managerID: ManagerID, random: InjectedRandom = InjectedRandom(), logger: Logger
    ) {
        self.store = store
        self.bus = bus
        self.clock = clock
        self.settings = settings
        self.ids = ids
        self.random = random
        self.logger = logger
        table = JobTable()
        lease = Lease(managerID: managerID, validity: settings.heartbeatTimeout * 2 / 3, clock: clock)
        ingestLag = IngestLag()
        wakeUps = WakeUps()
        stop = StopSignal()
        metrics = EngineMetrics()
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
