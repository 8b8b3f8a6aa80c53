// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Logging
import Shared
import Synchronization
import TestSupport

/// The processes of a simulated cluster: Schedulers and a Custodian, as the programs put them together.
final class SimCluster: Sendable {
    private let world: SimWorld
    private let store: any SimDatabase
    private let broker: MemoryBroker
    private let ids: IdentifierGenerator
    private let settings: EngineSettings
    private let faults: FaultPlan
    private let checker: InvariantChecker
    private let receivers: SimReceivers?
    private let onPublish: @Sendable () -> Void
    private let alive = Mutex<[SimProcess]>([])
    private let stops = Mutex<[String: @Sendable () -> Void]>([:])
    private let downUntil = Mutex(Duration.zero)

    init(
        world: SimWorld, store: any SimDatabase, broker: MemoryBroker, ids: IdentifierGenerator,
        settings: EngineSettings, faults: FaultPlan, checker: InvariantChecker, receivers: SimReceivers? = nil,
        onPublish: @escaping @Sendable () -> Void
    ) {
        self.receivers = receivers
        self.world = world
        self.store = store
        self.broker = broker
        self.ids = ids
        self.settings = settings
        self.faults = faults
        self.checker = checker
        self.onPublish = onPublish
    }

    /// A Scheduler that is alive, if there is one.
    func anyScheduler() -> SimProcess? {
        alive.withLock { alive in
            world.random { alive.filter { $0.name.hasPrefix("scheduler") }.randomElement(using: &$0) }
        }
    }

    /// Sends SIGTERM, so to speak.
    func stop(_ process: SimProcess) {
        stops.withLock { $0[process.name] }?()
    }

    /// Kills everything; nothing is started again before that moment.
    func blackOut(until end: Duration) {
        downUntil.withLock { $0 = end }
        for process in alive.withLock({ $0 }) { process.kill() }
    }

    /// How long a process that has ended is not there.
    private func downtime() -> Duration {
        max(downUntil.withLock { $0 } - world.now, .zero) + world.random(.milliseconds(50)...(.seconds(5)))
    }

    private var random: InjectedRandom { InjectedRandom { [world] in world.random { $0.next() } } }

    /// Starts a Scheduler, which starts again some time after each of its ends.
    func startScheduler(_ name: String, life: Int = 1) {
        let process = world.makeProcess("\(name).\(life)")
        let time = SimTime(
            world: world, process: process, offset: world.random(.zero...(.seconds(1_000))))
        let base = broker.bus()
        let view = store.view(process, time, faults)
        store.take()
        let engine = SchedulerEngine(
            EngineEnvironment(
                settings: settings, clock: ClusterClock(time: time), random: random,
                logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() }),
            store: view,
            bus: SimBus(
                base: base, process: process, time: time, faults: faults, checker: checker, onPublish: onPublish),
            requests: SimRequestSink(
                process: process, time: time, faults: faults, checker: checker, receivers: receivers),
            ids: ids, managerID: ManagerID(ids.next(at: world.serverTime)), hostname: name)
        let duties = store.isStandalone ? custody(process, time, base) : []
        let task = Task(executorPreference: process) { [self] in
            // As the program does it: whoever had the file before is dead.
            if store.isStandalone {
                while let names = try? await view.unlockJobsOfDeadOwners(silentSince: .latest), !names.isEmpty {}
            }
            do { try await engine.run() } catch { world.note("\(process.name) ended with \(error)") }
            gone(process)
            for duty in duties { duty.cancel() }
            guard !process.isDead else { return }
            world.note("\(process.name) has stopped")
            store.leave(crashed: false)
            if !store.snapshot().jobs.allSatisfy({ $0.managerID == nil || hasOwner($0) }) {
                world.note("\(process.name) left jobs locked")
            }
            restart(name, life)
        }
        process.onDeath { [self] in
            task.cancel()
            for duty in duties { duty.cancel() }
            base.kill()
            gone(process)
            store.leave(crashed: true)
            restart(name, life)
        }
        alive.withLock { $0.append(process) }
        stops.withLock { $0[process.name] = { engine.stop() } }
        world.note("\(process.name) starts")
    }

    private func restart(_ name: String, _ life: Int) {
        world.after(downtime()) { [self] in startScheduler(name, life: life + 1) }
    }

    private func gone(_ process: SimProcess) {
        alive.withLock { $0.removeAll { $0 === process } }
    }

    /// Whether the job's owner has a lease.
    func hasOwner(_ job: KeptJob) -> Bool {
        store.snapshot().managers.contains { $0.id == job.managerID }
    }

    /// Starts a Custodian, which starts again some time after its death.
    func startCustodian(life: Int = 1) {
        let process = world.makeProcess("custodian.\(life)")
        let time = SimTime(world: world, process: process, offset: .zero)
        let base = broker.bus()
        let connection = Task(executorPreference: process) { try? await base.run() }
        let duties = custody(process, time, base)
        alive.withLock { $0.append(process) }
        process.onDeath { [self] in
            for duty in duties { duty.cancel() }
            connection.cancel()
            base.kill()
            gone(process)
            world.after(downtime()) { [self] in startCustodian(life: life + 1) }
        }
    }

    /// Begins the duties of a Custodian.
    private func custody(_ process: SimProcess, _ time: SimTime, _ base: MemoryBus) -> [Task<Void, Never>] {
        let unlocker = JobUnlocker(
            store: store.view(process, time, faults),
            bus: SimBus(
                base: base, process: process, time: time, faults: faults, checker: checker, onPublish: onPublish),
            clock: ClusterClock(time: time),
            cleanupInterval: settings.cleanupInterval, heartbeatTimeout: settings.heartbeatTimeout, random: random,
            logger: Logger(label: "custodian") { _ in SwiftLogNoOpLogHandler() })
        let pruner = RunPruner(
            store: store.view(process, time, faults), clock: ClusterClock(time: time),
            cleanupInterval: settings.cleanupInterval, random: random,
            logger: Logger(label: "custodian") { _ in SwiftLogNoOpLogHandler() })
        return [
            Task(executorPreference: process) { try? await pruner.run() },
            Task(executorPreference: process) { [world] in
                do { try await unlocker.run() } catch { world.note("custodian ended with \(error)") }
            },
        ]
    }
}
