// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// What every bus must do, whatever is behind it; throws ``BusConformanceFailure`` at the first thing it does not.
///
/// `makeBus` gives buses at one broker, not running; `worker` is at the same broker; `name` gives job names that nobody
/// else uses.
package func exerciseBus(
    _ makeBus: @Sendable () -> any SchedulerBus, worker: some BusWorker, name: @Sendable (String) throws -> JobName
) async throws {
    let bus = makeBus()
    let running = Task { try await bus.run() }
    try await bus.ready()
    try await exercisePublishing(bus, worker, name("publish"))
    try await exerciseConcurrentPublishing(bus, worker, name("concurrent"))
    try await exerciseConsuming(bus, worker, name("consume"))
    try await exerciseUnsubscribing(bus, worker, name("left"), name("kept"))
    try await exerciseDeadLetters(bus, worker, name("dead"))
    try await exerciseRelease(bus, makeBus, worker, name("gone"), fence: name("fence"))
    try await exerciseHints(bus, makeBus, name("hint"))
    try await exerciseRedelivery(bus, makeBus, worker, name("again"))
    try await exercisePools(bus, makeBus, worker, name("pool").text, name("first"), name("second"))
    try await exercisePausing(bus, makeBus, worker, name("pause"))
    try await exerciseCancellation(bus)
    try await exerciseClosing(bus, running, name("closed"))
}

private typealias Failure = BusConformanceFailure

/// An action whose run id holds `number`.
package func exampleAction(
    _ job: JobName, _ number: Int, payload: JSONValue? = nil, workers: WorkerAddress? = nil
) -> ActionMessage {
    ActionMessage(
        jobName: job, runID: RunID(Identifier(high: 0x6500_0000_0000_0000, low: UInt32(number))), action: .run,
        attempt: 1, scheduledTime: Timestamp(millisecondsSinceEpoch: 1_700_000_000_123), payload: payload,
        decidedAt: Timestamp(millisecondsSinceEpoch: 1_700_000_000_456), workers: workers)
}

private func exercisePublishing(_ bus: any SchedulerBus, _ worker: some BusWorker, _ job: JobName) async throws {
    try Failure.expect(await bus.publish([]), [], "publishing nothing")
    let actions = (0..<20).map { exampleAction(job, $0, payload: .object(["n": .int(Int64($0))])) }
    try Failure.expect(await bus.publish(actions), actions.map { _ in .confirmed }, "the first publish of a job")
    try await worker.attach(job)
    let seen = try await worker.actions(of: job, count: actions.count)
    try Failure.expect(seen.map(\.messageID), actions.map(\.messageID), "message ids in order")
    try Failure.expect(seen.map(\.body), actions.map { $0.encodedBody() }, "bodies")
}

private func exerciseConcurrentPublishing(
    _ bus: any SchedulerBus, _ worker: some BusWorker, _ job: JobName
) async throws {
    let outcomes = await withTaskGroup(of: [PublishOutcome].self) { group in
        for caller in 0..<8 {
            group.addTask { await bus.publish((0..<50).map { exampleAction(job, caller * 50 + $0) }) }
        }
        return await group.reduce(into: []) { $0 += $1 }
    }
    try Failure.expect(outcomes, Array(repeating: .confirmed, count: 400), "overlapping calls")
    try await worker.attach(job)
    let ids = try await worker.actions(of: job, count: 400).map(\.messageID)
    try Failure.expect(Set(ids), Set((0..<400).map { exampleAction(job, $0).messageID }), "each exactly once")
}

/// Collects deliveries, never more than `limit` at a time, and acknowledges them.
private func collect(_ bus: any SchedulerBus, _ count: Int, limit: Int = 100) async throws -> [Delivery] {
    var all: [Delivery] = []
    while all.count < count {
        let batch = try await bus.reports(limit: limit)
        let some = batch.deliveries
        guard !some.isEmpty, some.count <= limit else {
            throw Failure("\(some.count) deliveries at a limit of \(limit)")
        }
        all += some
        await batch.acknowledge()
    }
    return all
}

private func exerciseConsuming(_ bus: any SchedulerBus, _ worker: some BusWorker, _ job: JobName) async throws {
    await bus.subscribe([job])
    await bus.subscribe([job])
    try await worker.attach(job)
    let bodies = (0..<30).map { Array("{\"n\":\($0)}".utf8) }
    for (index, body) in bodies.enumerated() {
        try await worker.send(job, .status, body, toFanout: index % 2 == 1)
    }
    try await worker.send(job, .heartbeat, [0xff, 0x00], toFanout: false)
    try await worker.send(job, .heartbeat, [], toFanout: true)
    let seen = try await collect(bus, 32, limit: 7)
    let statuses = seen.filter { $0.kind == .status }
    try Failure.expect(seen.count, 32, "each message once")
    try Failure.expect(statuses.map(\.body), bodies, "statuses of one queue in order")
    try Failure.expect(Set(seen.map(\.workers)), [.job(job)], "the job they came from")
    for (status, toFanout) in zip(statuses, [false, true]) {
        let way = worker.source(job, .status, toFanout: toFanout)
        try Failure.expect(status.origin.source, way, "the way that it came")
    }
    try Failure.expect(Set(seen.map { [$0.origin.session, $0.origin.number] }).count, 32, "origins of the deliveries")
    try Failure.expect(statuses[0].contentType, "application/json", "the content type")
    try Failure.expect(
        seen.filter { $0.kind == .heartbeat }.map(\.body), [[0xff, 0x00], []], "bodies that are no text, or empty")
}

private func exerciseUnsubscribing(
    _ bus: any SchedulerBus, _ worker: some BusWorker, _ left: JobName, _ kept: JobName
) async throws {
    await bus.subscribe([left, kept])
    try await worker.attach(left)
    try await worker.attach(kept)
    try await worker.send(left, .status, [1], toFanout: false)
    try Failure.expect(try await collect(bus, 1).map(\.body), [[1]], "before unsubscribing")
    await bus.unsubscribe([left])
    try await worker.send(kept, .status, [2], toFanout: false)
    try Failure.expect(try await collect(bus, 1).map(\.body), [[2]], "the job that is kept")
    try await worker.send(left, .status, [3], toFanout: false)
    try await worker.send(kept, .status, [4], toFanout: false)
    try Failure.expect(try await collect(bus, 1).map(\.body), [[4]], "nothing from the job that was left")
    await bus.subscribe([left])
    try Failure.expect(try await collect(bus, 1).map(\.body), [[3]], "what had waited in the queue")
    await bus.unsubscribe([left, kept])
}

private func exerciseDeadLetters(_ bus: any SchedulerBus, _ worker: some BusWorker, _ job: JobName) async throws {
    await bus.subscribe([job])
    try await worker.attach(job)
    try await worker.send(job, .heartbeat, [0xc3, 0x28], toFanout: false)
    let bad = try await bus.reports(limit: 10)
    try await bus.deadLetter(bad.deliveries.map { DeadLetter(delivery: $0, reason: "not JSON") })
    await bad.acknowledge()
    let letter = try await worker.deadLetter(of: job)
    try Failure.expect(
        letter,
        ReceivedDeadLetter(
            body: [0xc3, 0x28], reason: "not JSON", kind: .heartbeat,
            source: worker.source(job, .heartbeat, toFanout: false)),
        "the dead letter")
}

private func exerciseRelease(
    _ bus: any SchedulerBus, _ makeBus: @Sendable () -> any SchedulerBus, _ worker: some BusWorker, _ job: JobName,
    fence: JobName
) async throws {
    try Failure.expect(await bus.release([job]), [.released], "what is not there is gone")
    try Failure.expect(await bus.publish([exampleAction(job, 1)]), [.confirmed], "an action for nobody")
    try await worker.attach(job)
    try await worker.send(job, .status, [1], toFanout: false)
    // Sent behind it: once this one is here, the other one is in its queue.
    await bus.subscribe([fence])
    try await worker.attach(fence)
    try await worker.send(fence, .status, [9], toFanout: false)
    try Failure.expect(try await collect(bus, 1).map(\.body), [[9]], "the message behind")
    await bus.unsubscribe([fence])
    try Failure.expect(await bus.release([job]), [.reportsWaiting], "what has reports stays")
    await bus.drain([job])
    try Failure.expect(try await collect(bus, 1).map(\.body), [[1]], "what was left")
    // Another process that drains does not bring the objects back.
    let other = makeBus()
    let running = Task { try await other.run() }
    try await other.ready()
    await other.drain([job])
    await bus.unsubscribe([job])
    try await Failure.eventually("what is empty goes") { await bus.release([job]) == [.released] }
    try Failure.expect(await bus.release([job]), [.released], "a second release")
    try Failure.expect(await bus.publish([exampleAction(job, 2)]), [.confirmed], "a new job of the name")
    await bus.subscribe([job])
    try await worker.attach(job)
    try await worker.send(job, .heartbeat, [2], toFanout: true)
    try Failure.expect(try await collect(bus, 1).map(\.body), [[2]], "its messages")
    await bus.unsubscribe([job])
    await other.close()
    _ = await running.result
}

private func exerciseHints(
    _ bus: any SchedulerBus, _ makeBus: @Sendable () -> any SchedulerBus, _ job: JobName
) async throws {
    let other = makeBus()
    let running = Task { try await other.run() }
    try await other.ready()
    for each in [bus, other] {
        try Failure.expect(try await each.nextHint(), nil, "the first hint after connecting")
    }
    await bus.announce(.jobChanged(job))
    await bus.announce(.jobsChanged([job, job]))
    for each in [bus, other] {
        try Failure.expect(try await nextOwnHint(each, job), .jobChanged(job), "the first hint")
    }
    await other.close()
    _ = await running.result
}

/// Skips hints of others that use the same broker.
private func nextOwnHint(_ bus: any SchedulerBus, _ job: JobName) async throws -> ControlHint? {
    while let hint = try await bus.nextHint() {
        if hint == .jobChanged(job) { return hint }
    }
    return nil
}

private func exerciseRedelivery(
    _ bus: any SchedulerBus, _ makeBus: @Sendable () -> any SchedulerBus, _ worker: some BusWorker, _ job: JobName
) async throws {
    let first = makeBus()
    let running = Task { try await first.run() }
    await first.subscribe([job])
    try await worker.attach(job)
    for number in 0..<4 { try await worker.send(job, .status, [UInt8(number)], toFanout: false) }
    var batches: [ReportBatch] = []
    for _ in 0..<4 { batches.append(try await first.reports(limit: 1)) }
    // The first goes with the second.
    await batches[1].acknowledge()
    await first.close()
    _ = await running.result
    await batches[3].acknowledge()
    await bus.subscribe([job])
    let again = try await collect(bus, 2)
    try Failure.expect(again.map(\.body), [[2], [3]], "what was not acknowledged, and nothing else")
}

/// What several callers have taken.
private final class TakenDeliveries: Sendable {
    private let taken = Mutex<[Delivery]>([])

    var all: [Delivery] { taken.withLock { $0 } }

    func add(_ deliveries: [Delivery]) { taken.withLock { $0 += deliveries } }
}

private func exercisePools(
    _ bus: any SchedulerBus, _ makeBus: @Sendable () -> any SchedulerBus, _ worker: some BusWorker, _ name: String,
    _ first: JobName, _ second: JobName
) async throws {
    let pool = WorkerAddress.pool(try PoolName(name))
    let other = makeBus()
    let running = Task { try await other.run() }
    try await other.ready()
    for each in [bus, other] {
        await each.subscribe([pool])
        await each.subscribe([pool])
    }
    let actions = (0..<20).map { exampleAction($0 % 2 == 0 ? first : second, 900 + $0, workers: pool) }
    try Failure.expect(await bus.publish(actions), actions.map { _ in .confirmed }, "actions of two jobs to their pool")
    try await worker.attach(pool)
    let seen = try await worker.actions(of: pool, count: actions.count)
    try Failure.expect(seen.map(\.body), actions.map { $0.encodedBody() }, "what the pool's worker gets")
    // Each goes to one of those who listen; what one has not acknowledged goes to the other.
    let taken = TakenDeliveries()
    let takers = [bus, other].map { each in
        Task {
            let batch = try await each.reports(limit: 1)
            taken.add(batch.deliveries)
            await batch.acknowledge()
        }
    }
    var sent = 0
    try await Failure.eventually("both who listen are given something") {
        try await worker.send(pool, .status, [UInt8(sent / 256), UInt8(sent % 256)], toFanout: sent % 2 == 0)
        sent += 1
        _ = await bus.publish([exampleAction(first, 980, workers: pool)])
        return taken.all.count == 2
    }
    for taker in takers { try await taker.value }
    await other.close()
    _ = await running.result
    let rest = try await collect(bus, sent - 2)
    let all = taken.all + rest
    try Failure.expect(
        all.map { Int($0.body[0]) * 256 + Int($0.body[1]) }.sorted(), Array(0..<sent), "every status, each once")
    try Failure.expect(Set(all.map(\.workers)), [pool], "where they came from")
    // The pool outlives its jobs.
    try Failure.expect(await bus.release([first]), [.released], "the release of a job that has nothing")
    try Failure.expect(
        await bus.publish([exampleAction(second, 990, workers: pool)]), [.confirmed], "an action after the release")
    try await worker.send(pool, .heartbeat, [0xff], toFanout: false)
    let bad = try await bus.reports(limit: 1)
    try await bus.deadLetter(bad.deliveries.map { DeadLetter(delivery: $0, reason: "not JSON") })
    await bad.acknowledge()
    try Failure.expect(try await worker.deadLetter(of: pool).kind, .heartbeat, "the dead letter of a pool")
    await bus.unsubscribe([pool])
}

private func exercisePausing(
    _ bus: any SchedulerBus, _ makeBus: @Sendable () -> any SchedulerBus, _ worker: some BusWorker, _ job: JobName
) async throws {
    await bus.subscribe([job])
    try await worker.attach(job)
    try await worker.send(job, .status, [1], toFanout: false)
    let taken = try await bus.reports(limit: 1)
    try Failure.expect(taken.deliveries.map(\.body), [[1]], "the one that was sent")
    await bus.pauseReports()
    try Failure.expect(await bus.state().isConnected, false, "connected while it is paused")
    try Failure.expect(await bus.publish([exampleAction(job, 1)]), [.confirmed], "publishing while it is paused")
    let other = makeBus()
    let running = Task { try await other.run() }
    await other.subscribe([job])
    try Failure.expect(try await collect(other, 1).map(\.body), [[1]], "what was delivered to the paused one")
    try await worker.send(job, .status, [2], toFanout: false)
    try Failure.expect(try await collect(other, 1).map(\.body), [[2]], "what is sent meanwhile")
    await other.close()
    _ = await running.result
    await bus.resumeReports()
    try await worker.send(job, .status, [3], toFanout: false)
    let after = try await bus.reports(limit: 1)
    try Failure.expect(after.deliveries.map(\.body), [[3]], "what comes after it")
    // Void: it was delivered before the pause, and is not taken for the one that came after.
    await taken.acknowledge()
    await bus.pauseReports()
    await bus.resumeReports()
    try Failure.expect(try await collect(bus, 1).map(\.body), [[3]], "what only a void batch was acknowledged for")
}

private func exerciseCancellation(_ bus: any SchedulerBus) async throws {
    // Again and again: the cancellation is to come before, while and after the call arrives.
    for _ in 0..<200 {
        try await expectCancelled { _ = try await bus.reports(limit: 1) }
        try await expectCancelled { while true { _ = try await bus.nextHint() } }
    }
}

private func expectCancelled(_ wait: @escaping @Sendable () async throws -> Void) async throws {
    let waiting = Task { try await wait() }
    waiting.cancel()
    do {
        try await waiting.value
        throw Failure("a cancelled caller got what it waited for")
    } catch let error as BusError {
        try Failure.expect(error.code, .closed, "the error of a cancelled caller")
    }
}

private func exerciseClosing(
    _ bus: any SchedulerBus, _ running: Task<Void, any Error>, _ job: JobName
) async throws {
    try Failure.expect(await bus.state().isConnected, true, "connected at the end")
    let waiting = Task { try await bus.reports(limit: 1) }
    await bus.close()
    try await running.value
    for attempt in 0..<3 {
        do {
            switch attempt {
            case 0: _ = try await waiting.value
            case 1: try await bus.ready()
            default: _ = try await bus.nextHint()
            }
            throw Failure("verb \(attempt) succeeded on a closed bus")
        } catch let error as BusError {
            try Failure.expect(error.code, .closed, "the error of a closed bus")
        }
    }
    try Failure.expect(await bus.publish([exampleAction(job, 1)]), [.unconfirmed], "publishing on a closed bus")
    try Failure.expect(await bus.state().isConnected, false, "connected after closing")
}
