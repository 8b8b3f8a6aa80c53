// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import TestSupport

/// Two virtual years of a small cluster whose jobs go by the calendar, with outages of all of it across the moments at
/// which clocks are put.
final class CalendarSimulation: Sendable {
    /// A time in which no process was there.
    struct Outage: Sendable {
        let start: Timestamp
        let end: Timestamp
    }

    /// After an outage the jobs are held again at the latest by then: the Custodian waits for the old leases, twice.
    static let recovery = Duration.seconds(12 * 3_600)
    /// How late a slot may be after an outage without being missed: ``EngineSettings/failoverTolerance``.
    static let tolerance = Duration.seconds(18_010)

    let world: SimWorld
    let checker: InvariantChecker
    let outages: [Outage]
    let jobs: [(job: Job, entry: CalendarEntry)]
    private let cluster: SimCluster
    private let store: MemoryStore
    private let end: Timestamp

    init(
        seed: UInt64, entries: [CalendarEntry], transitions: [Timestamp], start: Timestamp, length: Duration
    ) throws {
        let world = SimWorld(seed: seed, start: start)
        let checker = InvariantChecker(world: world)
        self.world = world
        self.checker = checker
        end = start + length
        outages = Self.outages(across: transitions, world, until: end)
        let outages = outages
        store = MemoryStore(now: { world.serverTime }, onChange: { checker.check($0) })
        jobs = try entries.enumerated().map { try (Self.job($0, $1, world), $1) }
        var settings = EngineSettings()
        settings.heartbeatInterval = .seconds(3_600)
        settings.heartbeatTimeout = .seconds(10_800)
        settings.refreshInterval = .seconds(7_200)
        settings.cleanupInterval = .seconds(10_800)
        let broker = MemoryBroker()
        let workers = SimWorkers(world: world, broker: broker, quietAfter: .zero) { action in
            checker.check(action)
            guard let slot = action.scheduledTime, world.serverTime - slot > .seconds(5) else { return }
            let isExplained = outages.contains { $0.start <= slot && slot <= $0.end + Self.recovery }
            if !isExplained { world.violated("slot \(slot) of \(action.jobName) came at \(world.serverTime)") }
        }
        cluster = SimCluster(
            world: world, store: SimMemory(store: store, checker: checker), broker: broker,
            ids: world.random { IdentifierGenerator(random: &$0) },
            settings: settings, faults: FaultPlan(world: world, quietAfter: .zero), checker: checker
        ) { workers.look() }
    }

    /// Plays the years, then compares what became of each slot with what the calendar and the policies say.
    func play() async {
        for (job, _) in jobs { store.put(job) }
        for number in 0..<2 { cluster.startScheduler("scheduler-\(number)") }
        cluster.startCustodian()
        for outage in outages {
            world.at(outage.start - world.start) { [self] in
                world.note("everything is down until \(outage.end)")
                cluster.blackOut(until: outage.end - world.start)
            }
        }
        var day = Duration.zero
        while day < end - world.start {
            day += .seconds(86_400)
            world.run(until: min(day, end - world.start))
            // Other tests wait for servers and time-outs on the same few threads.
            await Task.yield()
        }
        for (job, entry) in jobs where world.violations.isEmpty { compare(job, entry) }
    }

    private static func job(_ number: Int, _ entry: CalendarEntry, _ world: SimWorld) throws -> Job {
        let name = try JobName("calendar-\(number)")
        let schedule = try entry.schedule(of: name)
        var job = Job(name: name, schedule: schedule, nextRunAt: nil)
        job.allowsConcurrentRuns = true
        job.misfirePolicy = world.random { MisfirePolicy.allCases.randomElement(using: &$0) } ?? .once
        // A step is counted from the first slot; a cron has it by itself.
        job.nextRunAt = entry.isStep ? entry.slots.first : schedule.next(after: world.start - .milliseconds(1))
        return job
    }

    /// One after the other, each around a moment at which some clock is put.
    private static func outages(across transitions: [Timestamp], _ world: SimWorld, until end: Timestamp) -> [Outage] {
        var outages: [Outage] = []
        for moment in transitions where moment < end - .seconds(6 * 86_400) {
            let outage = Outage(
                start: moment - world.random(.seconds(600)...(.seconds(36 * 3_600))),
                end: moment + world.random(.seconds(600)...(.seconds(48 * 3_600))))
            let isFree = outages.last.map { $0.end + .seconds(86_400) < outage.start } ?? true
            if isFree, outage.start > world.start + .seconds(86_400) { outages.append(outage) }
        }
        return outages
    }

    private func compare(_ job: Job, _ entry: CalendarEntry) {
        let (fired, rows) = checker.outcomes(of: job.name)
        let until = end - .seconds(86_400)
        let expected = entry.slots.filter { $0 >= world.start && $0 <= until }
        let label = "\(entry.rule) in \(entry.zone), \(job.misfirePolicy)"
        for slot in fired where slot <= until && !entry.slots.contains(slot) {
            world.violated("\(label): \(slot) is no slot of the calendar")
        }
        for slot in expected {
            let skips = rows.filter { $0.firstSlot <= slot && slot <= $0.lastSlot }
            if fired.contains(slot) == !skips.isEmpty || skips.count > 1 {
                world.violated(
                    "\(label): slot \(slot) has \(fired.contains(slot) ? "a run" : "no run"), skips: \(skips)")
            }
        }
        for row in rows where row.lastSlot <= until {
            let count = entry.slots.filter { row.firstSlot <= $0 && $0 <= row.lastSlot }.count
            if Int64(count) != row.count || row.reason != .misfire {
                world.violated("\(label): the row \(row) is wrong")
            }
        }
        for outage in outages { comparePolicy(of: job, expected, fired, outage, label) }
    }

    /// What the policy says of the slots that were missed in an outage.
    private func comparePolicy(
        of job: Job, _ expected: [Timestamp], _ fired: Set<Timestamp>, _ outage: Outage, _ label: String
    ) {
        let down = expected.filter { $0 > outage.start + .seconds(1) && $0 <= outage.end }
        let missed = down.filter { $0 < outage.end - Self.tolerance }
        let wrong: [Timestamp]
        switch job.misfirePolicy {
        case .all: wrong = down.filter { !fired.contains($0) }
        case .skip: wrong = missed.filter { fired.contains($0) }
        case .once:
            wrong = missed.filter { $0 != down.last && fired.contains($0) }
            let afterwards = expected.filter { $0 >= (missed.last ?? .latest) && $0 <= outage.end + Self.recovery }
            if !missed.isEmpty, !afterwards.contains(where: fired.contains) {
                world.violated("\(label): nothing made up for the outage until \(outage.end)")
            }
        }
        for slot in wrong { world.violated("\(label): slot \(slot) of the outage until \(outage.end) went wrong") }
    }
}
