// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared
import Synchronization

/// The bus over RabbitMQ: one connection for what goes out, one for what comes in, and for a while one that removes what
/// deleted jobs have left, each on a thread of its own.
///
/// Connects when ``run()`` is called. A stuck write is cut off after 15 s and a silent broker given up after 20 s;
/// ``close()`` returns within 2 s. See docs/bus.md and the ADR on the broker connection.
package final class RabbitMQBus: SchedulerBus {
    private let settings: RabbitMQSettings
    private let onlyAnnounces: Bool
    private let status: BusStatus
    private let publisher: BrokerConnection<PublisherRole>
    private let consumer: BrokerConnection<ConsumerRole>
    private let remover: BrokerConnection<RemoverRole>
    private let end: OneShot<Result<Void, BusError>>
    private let closed = OneShot<Void>()
    private let isClosing = Atomic(false)
    private let lastWaiter = Atomic<UInt64>(0)

    /// Makes a bus that is not connected yet; starts its threads.
    ///
    /// One that `onlyAnnounces` is for programs that send hints and events, and nothing else: it has no connection for what comes in,
    /// so nothing may be subscribed to or waited for, and a broker that refuses it is asked again and again.
    package init(settings: RabbitMQSettings, onlyAnnounces: Bool = false, logger: Logger) {
        let end = OneShot<Result<Void, BusError>>()
        let status = BusStatus(sides: onlyAnnounces ? [.publisher] : [.publisher, .consumer])
        let context = RoleContext(
            settings: settings, status: status, declared: DeclaredTopology(), logger: logger)
        let onForbidden: @Sendable (BusError) -> Void = { if !onlyAnnounces { end.set(.failure($0)) } }
        self.settings = settings
        self.onlyAnnounces = onlyAnnounces
        self.status = status
        self.end = end
        publisher = BrokerConnection(context, onForbidden: onForbidden) { PublisherRole($0) }
        consumer = BrokerConnection(context, onForbidden: onForbidden) { ConsumerRole($0) }
        remover = BrokerConnection(context, onForbidden: { _ in }) { RemoverRole($0) }
    }

    package func run() async throws(BusError) {
        await publisher.start()
        if !onlyAnnounces { await consumer.start() }
        let limit = settings.writeTimeout
        let watchdog = Task { [socketGuards] in
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                for socketGuard in socketGuards { socketGuard.shutIfStuck(longerThan: limit) }
            }
        }
        let result = await withTaskCancellationHandler {
            await end.wait()
        } onCancel: {
            end.set(.success(()))
        }
        await close()
        watchdog.cancel()
        try result.get()
    }

    package func ready() async throws(BusError) {
        let id = nextWaiter()
        let answer = await withTaskCancellationHandler {
            await publisher.ready(id)
        } onCancel: { [publisher] in
            Task { await publisher.cancelReady(id) }
        }
        try answer.get()
    }

    package func publish(_ actions: [ActionMessage]) async -> [PublishOutcome] {
        let requests = actions.map { action in
            PublishRequest(subject: .workers(action.workers), message: OutboundMessage(action))
        }
        return await publisher.publish(requests, within: settings.confirmTimeout)
    }

    package func send(_ messages: [OutgoingMessage]) async -> [PublishOutcome] {
        let requests = messages.map { message in
            PublishRequest(
                subject: message.isEvent ? .events(message.exchange) : .exchange(message.exchange),
                message: OutboundMessage(message))
        }
        return await publisher.publish(requests, within: settings.confirmTimeout)
    }

    package func deadLetter(_ letters: [DeadLetter]) async throws(BusError) {
        let requests = letters.map { PublishRequest(subject: .deadLetterQueue, message: OutboundMessage($0)) }
        let outcomes = await publisher.publish(requests, within: settings.confirmTimeout)
        guard outcomes.allSatisfy({ $0 == .confirmed }) else {
            throw BusError(.unavailable, "the broker has not confirmed all dead letters")
        }
    }

    package func subscribe(_ workers: [WorkerAddress]) async {
        await consumer.subscribe(workers)
    }

    package func drain(_ jobs: [JobName]) async {
        await consumer.drain(jobs.map { .job($0) })
    }

    package func release(_ jobs: [JobName]) async -> [ReleaseOutcome] {
        let limit = settings.rpcTimeout
        return await withTaskGroup(of: (Int, ReleaseOutcome).self) { group in
            for (index, job) in jobs.enumerated() {
                group.addTask { [remover] in (index, await remover.remove(job, within: limit)) }
            }
            var outcomes: [ReleaseOutcome] = Array(repeating: .unavailable, count: jobs.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes
        }
    }

    package func unsubscribe(_ workers: [WorkerAddress]) async {
        await consumer.unsubscribe(workers)
    }

    package func reports(limit: Int) async throws(BusError) -> ReportBatch {
        let id = nextWaiter()
        let answer = await withTaskCancellationHandler {
            await consumer.deliveries(id, limit: limit)
        } onCancel: { [consumer] in
            Task { await consumer.cancelDeliveries(id) }
        }
        let taken = try answer.get()
        return ReportBatch(taken.deliveries) { [consumer] in await consumer.acknowledge(taken.receipt) }
    }

    package func pauseReports() async {
        await consumer.pause()
    }

    package func resumeReports() async {
        await consumer.start()
    }

    package func announce(_ hint: ControlHint) async {
        await publisher.announce(hint)
    }

    package func nextHint() async throws(BusError) -> ControlHint? {
        let id = nextWaiter()
        let answer = await withTaskCancellationHandler {
            await consumer.nextHint(id)
        } onCancel: { [consumer] in
            Task { await consumer.cancelHint(id) }
        }
        return try answer.get()
    }

    package func state() async -> BusState {
        status.state
    }

    package func close() async {
        guard !isClosing.exchange(true, ordering: .relaxed) else { return await closed.wait() }
        end.set(.success(()))
        // A thread that is in the middle of connecting comes too late for the goodbye; then the socket is just shut.
        let ending = Task { [publisher, consumer, remover, closed] in
            async let isRemoverClosed: Void = remover.close()
            await publisher.close()
            await consumer.close()
            await isRemoverClosed
            closed.set(())
        }
        let limit = Task { [socketGuards, closed] in
            try await Task.sleep(for: .milliseconds(1800))
            for socketGuard in socketGuards { socketGuard.shutIfStuck(longerThan: .zero) }
            try await Task.sleep(for: .milliseconds(100))
            closed.set(())
        }
        await closed.wait()
        limit.cancel()
        _ = ending
    }

    private var socketGuards: [SocketGuard] {
        [publisher.socketGuard, consumer.socketGuard, remover.socketGuard]
    }

    private func nextWaiter() -> UInt64 {
        lastWaiter.wrappingAdd(1, ordering: .relaxed).newValue
    }
}
