// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import TestSupport

/// What users do meanwhile, through the API: manual runs, cancels, edits, deletions, and jobs that are made again; and by
/// hand in the database: edits and deletions.
final class SimAPI: Sendable {
    let world: SimWorld
    let store: any SimDatabase
    private let bus: MemoryBus
    private let process: SimProcess
    private let ids: IdentifierGenerator
    private let quietAfter: Duration
    let checker: InvariantChecker
    private let deleted = Mutex<[Job]>([])
    private let unburied = Mutex<Set<JobName>>([])

    init(
        world: SimWorld, store: any SimDatabase, broker: MemoryBroker, ids: IdentifierGenerator, quietAfter: Duration,
        checker: InvariantChecker
    ) {
        self.checker = checker
        self.world = world
        self.store = store
        self.ids = ids
        self.quietAfter = quietAfter
        process = world.makeProcess("api")
        bus = broker.bus()
    }

    /// Jobs that were deleted in the database: where nobody held them, nobody may notice.
    var deletedByHand: Set<JobName> { unburied.withLock { $0 } }

    /// Begins to send requests, until the faults end.
    func start() {
        Task(executorPreference: process) { [bus] in try? await bus.run() }
        next()
    }

    private func next() {
        world.after(world.random(.milliseconds(50)...(.milliseconds(1_500)))) { [self] in
            guard world.now < quietAfter else { return }
            if store.isUp { request() }
            next()
        }
    }

    private func request() {
        switch world.random({ Int.random(in: 0..<28, using: &$0) }) {
        case 0..<8: trigger()
        case 8..<16: cancel()
        case 16, 17: delete()
        case 18..<20: makeAgain()
        default: edit()
        }
    }

    private func trigger() {
        let jobs = store.snapshot().jobs.map(\.job.name)
        guard let name = world.random({ jobs.randomElement(using: &$0) }) else { return }
        let id = RunID(ids.next(at: world.serverTime))
        world.note("api: manual run \(id) of \(name)")
        store.trigger(name, id: id)
        hint(name)
    }

    private func cancel() {
        let runs = store.snapshot().runs.filter { !$0.status.isFinal }
        guard let run = world.random({ runs.randomElement(using: &$0) }) else { return }
        world.note("api: cancel \(run.id) of \(run.jobName), which is \(run.status)")
        store.cancel(run.id)
        hint(run.jobName)
    }

    private func delete() {
        let jobs = store.snapshot().jobs.map(\.job)
        guard let job = world.random({ jobs.randomElement(using: &$0) }) else { return }
        deleted.withLock { $0.append(job) }
        // Some are deleted in the database, without a tombstone.
        let isBuried = world.chance(0.8)
        if !isBuried { unburied.withLock { _ = $0.insert(job.name) } }
        delete(job.name, isBuried: isBuried)
    }

    /// Somebody who locks the job between tombstone and deletion makes the tombstone an old one: once more, then.
    private func delete(_ name: JobName, isBuried: Bool) {
        if isBuried { store.writeTombstone(of: name) }
        world.after(world.random(.zero...(.milliseconds(30)))) { [self] in
            guard store.delete(name, isBuried: isBuried) else { return delete(name, isBuried: true) }
            hint(name)
        }
    }

    /// Under the same name, and for slots that the former job may have fired.
    private func makeAgain() {
        guard let old = deleted.withLock({ $0.popLast() }) else { return }
        var job = old
        if case .every(let interval) = job.schedule { job.nextRunAt = old.nextRunAt.map { $0 - interval * 2 } }
        guard store.make(job) else { return }
        world.note("api: \(job.name) is made again")
        hint(job.name)
    }

    func hint(_ name: JobName) {
        guard world.chance(0.8) else { return }
        Task(executorPreference: process) { [bus] in await bus.announce(.jobChanged(name)) }
    }
}
