// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Core

@Suite(.timeLimit(.minutes(1))) struct RequestSenderTests {
    private static let hurry = {
        let hurry = StopSignal()
        hurry.raise()
        return hurry
    }()

    /// Holds every request until it is let go.
    private final class HeldSink: RequestSink {
        private struct State {
            var inFlight: [String: Int] = [:]
            var most: [String: Int] = [:]
            var mostInAll = 0
            var sent = 0
            var runs: [RunID] = []
            var times: [Timestamp] = []
            var isOpen = false
            var held: [Alarm] = []
        }

        private let state = Mutex(State())

        var most: [String: Int] { state.withLock { $0.most } }
        var mostInAll: Int { state.withLock { $0.mostInAll } }
        var sent: Int { state.withLock { $0.sent } }
        /// In the order in which they were sent.
        var runs: [RunID] { state.withLock { $0.runs } }
        var times: [Timestamp] { state.withLock { $0.times } }

        /// Answers the first so many that are held.
        func letGo(_ count: Int) {
            let held = state.withLock { state in
                defer { state.held.removeFirst(count) }
                return state.held.prefix(count)
            }
            for alarm in held { alarm.ring() }
        }

        func letGo() {
            let held = state.withLock { state in
                state.isOpen = true
                return state.held
            }
            for alarm in held { alarm.ring() }
        }

        func send(_ request: RunRequest) async -> RequestEnd {
            let host = request.delivery.authority
            let release = Alarm()
            let isOpen = state.withLock { state in
                state.sent += 1
                state.runs.append(request.message.runID)
                state.times.append(request.sentAt)
                state.inFlight[host, default: 0] += 1
                state.most[host] = max(state.most[host] ?? 0, state.inFlight[host] ?? 0)
                state.mostInAll = max(state.mostInAll, state.inFlight.values.reduce(0, +))
                state.held.append(release)
                return state.isOpen
            }
            defer { state.withLock { $0.inFlight[host, default: 0] -= 1 } }
            if !isOpen { await release.wait() }
            return RequestEnd(outcome: .answer(RequestAnswer(status: 200)))
        }
    }

    private struct Desk {
        let sink = HeldSink()
        let desk: RequestSender
        let settings: EngineSettings
        let holdings: Holdings

        init() {
            var settings = EngineSettings()
            // On a busy machine nothing of this is to run out.
            settings.heartbeatTimeout = .seconds(3_600)
            self.settings = settings
            let environment = EngineEnvironment(
                settings: settings, logger: Logger(label: "desk") { _ in SwiftLogNoOpLogHandler() })
            _ = environment.clock.observe(
                server: Sample.start, sentAt: environment.clock.uptime(), receivedAt: environment.clock.uptime())
            holdings = Holdings(managerID: ManagerID(.zero), environment)
            _ = holdings.lease.renewed(askedAt: environment.clock.uptime())
            let store = MemoryStore(now: { Sample.start })
            // A request that has waited is looked up.
            store.put((0..<1_200).map { Sample.run($0) })
            desk = RequestSender(environment, holdings, runs: store, sink: sink)
            _ = holdings.table.hold(owned("a:1"), missedBefore: .earliest, now: Sample.start, readAt: 0)
        }

        func owned(
            _ host: String, timeout: Duration = .seconds(30), named name: String = "job",
            _ edit: (inout HTTPDelivery) -> Void = { _ in }
        ) -> OwnedJob {
            var delivery = HTTPDelivery(url: "http://\(host)/hook")
            delivery.timeout = timeout
            edit(&delivery)
            return OwnedJob(
                job: Sample.job(name) { $0.delivery = .http(delivery) }, managerID: ManagerID(.zero), lockEpoch: 1)
        }

        func action(_ number: UInt32, _ host: String, timeout: Duration = .seconds(30), cancels: Bool = false)
            -> PendingAction?
        {
            let run = Sample.run(number) {
                if cancels {
                    $0.status = .cancelling
                    $0.isByHTTP = true
                }
            }
            return PendingAction(
                run, of: owned(host, timeout: timeout), now: Sample.start, isFirstHand: true, settings: settings)
        }
    }

    @Test func `requests are in flight up to the bounds, and a slow host holds up nobody else`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue((0..<100).compactMap { desk.action($0, "slow:1") })
        await desk.desk.enqueue((100..<110).compactMap { desk.action($0, "quick:2") })
        try await eventually("both hosts are served") { desk.sink.sent == 42 }
        #expect(desk.sink.most == ["slow:1": 32, "quick:2": 10])
        await desk.desk.enqueue((200..<1_200).compactMap { desk.action($0, "host-\($0 % 40):3") })
        try await eventually("all places are taken") { desk.sink.mostInAll == 512 }
        try await Task.sleep(for: .milliseconds(50))
        #expect(desk.sink.mostInAll == 512 && desk.sink.most.values.max() == 32)
        desk.sink.letGo()
        try await eventually("everything was sent") { desk.sink.sent == 1_110 }
        running.cancel()
        await running.value
    }

    @Test func `a job has no more requests in flight than it may, in order, and holds up nobody else`() async throws {
        let desk = Desk()
        func limit(to most: Int) {
            _ = desk.holdings.table.hold(
                desk.owned("a:1") { $0.maxConcurrent = most }, missedBefore: .earliest, now: Sample.start, readAt: 1)
        }
        limit(to: 2)
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue((0..<10).compactMap { desk.action($0, "a:1") })
        try await eventually("as many as may are sent") { desk.sink.sent == 2 }
        for done in 1...3 {
            desk.sink.letGo(1)
            try await eventually("the next follows") { desk.sink.sent == 2 + done }
        }
        let another = desk.owned("a:1", named: "another")
        _ = desk.holdings.table.hold(another, missedBefore: .earliest, now: Sample.start, readAt: 1)
        let run = Run(
            id: RunID(Identifier(high: 1, low: 50)), jobName: Sample.name("another"), createdTime: Sample.start,
            scheduledTime: Sample.start)
        let action = PendingAction(run, of: another, now: Sample.start, isFirstHand: true, settings: desk.settings)
        await desk.desk.enqueue([try #require(action)])
        try await eventually("another job's is sent to the same host") { desk.sink.sent == 6 }
        limit(to: 5)
        desk.sink.letGo(1)
        try await eventually("an edit counts from the next end on") { desk.sink.sent == 10 }
        limit(to: 0)
        desk.sink.letGo()
        try await eventually("everything was sent") { desk.sink.sent == 11 }
        let order = desk.sink.runs.filter { $0 != run.id }.compactMap { id in
            (0..<10).first { Sample.run(UInt32($0)).id == id }
        }
        // Those that may leave at the same time do so in any order.
        #expect(Set(order[..<2]) == [0, 1] && order[2..<5] == [2, 3, 4] && Set(order[5..<9]) == [5, 6, 7, 8])
        #expect(order[9] == 9)
        running.cancel()
        await running.value
    }

    @Test func `a request says when it is sent, which its signatures cover`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue([try #require(desk.action(1, "a:1"))])
        try await eventually("it is sent") { desk.sink.sent == 1 }
        let sentAt = try #require(desk.sink.times.first)
        #expect(sentAt >= Sample.start && sentAt < Sample.start + .seconds(60))
        running.cancel()
        await running.value
    }

    @Test func `what came of a request is reported in order, and forgotten when it is stored`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        let action = try #require(desk.action(1, "a:1"))
        await desk.desk.enqueue([action, action])
        let first = await desk.desk.reports.next(limit: 10)
        #expect(first.map(\.message.content) == [.status(.running)] && first.first?.isLast == false)
        await desk.desk.stored(first, [:])
        let run = Sample.run(1)
        #expect(await desk.desk.isPending(run))
        #expect(await desk.desk.isAtWork(run))
        desk.sink.letGo()
        let last = await desk.desk.reports.next(limit: 10)
        #expect(last.map(\.message.content) == [.status(.completed)] && last.first?.isLast == true)
        #expect(await desk.desk.isAtWork(run))
        await desk.desk.stored(last, [:])
        #expect(await !desk.desk.isAtWork(run))
        // Whoever read the run before that may bring it once more.
        await desk.desk.enqueue([action])
        #expect(await !desk.desk.isPending(run) && desk.sink.sent == 1)
        running.cancel()
        await running.value
    }

    @Test func `a cancel breaks the request off and ends the run, also of a request that is not here`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue([try #require(desk.action(1, "a:1"))])
        try await eventually("it is sent") { desk.sink.sent == 1 }
        _ = await desk.desk.reports.next(limit: 10)
        for number in [UInt32(1), 2] {
            await desk.desk.enqueue([try #require(desk.action(number, "a:1", cancels: true))])
            let reports = await desk.desk.reports.next(limit: 10)
            #expect(reports.map(\.message.content) == [.status(.cancelled)])
            await desk.desk.stored(reports, [:])
        }
        #expect(await desk.desk.drain(atMost: .seconds(5), from: Self.hurry))
        running.cancel()
        await running.value
    }

    @Test func `an answer that takes too long is a failed attempt`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue([try #require(desk.action(1, "a:1", timeout: .milliseconds(250)))])
        var reports: [OutcomeReport] = []
        while reports.last?.isLast != true { reports += await desk.desk.reports.next(limit: 10) }
        #expect(reports.last?.message.error == "timeout after 0.25 s" && reports.last?.message.mayRetry == true)
        running.cancel()
        await running.value
    }

    @Test func `a stop sends nothing more, and waits for what is in flight no longer than it may`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue((0..<40).compactMap { desk.action($0, "a:1") })
        try await eventually("the host is busy") { desk.sink.sent == 32 }
        #expect(await !desk.desk.drain(atMost: .milliseconds(50), from: Self.hurry))
        running.cancel()
        await running.value
        #expect(desk.sink.sent == 32)
    }
    @Test func `without a hurry a stop waits for the end of each request`() async throws {
        let desk = Desk()
        let running = Task { await desk.desk.run() }
        await desk.desk.enqueue([try #require(desk.action(1, "a:1"))])
        try await eventually("it is sent") { desk.sink.sent == 1 }
        let hurry = StopSignal()
        let drained = Task { await desk.desk.drain(atMost: .milliseconds(1), from: hurry) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(await desk.desk.unfinishedCount == 1)
        desk.sink.letGo()
        var reports: [OutcomeReport] = []
        while reports.last?.isLast != true { reports += await desk.desk.reports.next(limit: 10) }
        await desk.desk.stored(reports, [:])
        #expect(await drained.value)
        await desk.desk.enqueue([try #require(desk.action(2, "a:1"))])
        #expect(await desk.desk.unfinishedCount == 0, "nothing more is sent")
        running.cancel()
        await running.value
    }
}
