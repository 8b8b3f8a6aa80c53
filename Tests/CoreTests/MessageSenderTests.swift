// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import TestSupport
import Testing

@testable import Core

@Suite(.timeLimit(.minutes(1))) struct MessageSenderTests {
    private struct Desk {
        let broker = MemoryBroker()
        let sender: MessageSender
        let store: MemoryStore
        let settings: EngineSettings
        let holdings: Holdings
        let bus: MemoryBus

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
            store = MemoryStore(now: { Sample.start })
            store.put((0..<100).map { Sample.run($0) })
            bus = broker.bus()
            sender = MessageSender(environment, holdings, runs: store, sink: bus)
            _ = holdings.table.hold(owned("e"), missedBefore: .earliest, now: Sample.start, readAt: 0)
        }

        func owned(_ exchange: String) -> OwnedJob {
            let delivery = AMQPDelivery(exchange: exchange, routingKey: Template(plain: "key"))
            return OwnedJob(
                job: Sample.job("job") { $0.delivery = .amqp(delivery) }, managerID: ManagerID(.zero), lockEpoch: 1)
        }

        func action(_ number: UInt32, _ exchange: String = "e", cancels: Bool = false) -> PendingAction? {
            let run = Sample.run(number) { if cancels { $0.status = .cancelling } }
            return PendingAction(run, of: owned(exchange), now: Sample.start, isFirstHand: true, settings: settings)
        }

        /// Works with a bus that runs, until `body` ends.
        func working(_ body: () async throws -> Void) async throws {
            let connection = Task { try await bus.run() }
            let running = Task { await sender.run() }
            try await body()
            running.cancel()
            await running.value
            await bus.close()
            try await connection.value
        }
    }

    private func statuses(_ reports: [OutcomeReport]) -> [RunID: RunStatus] {
        Dictionary(
            uniqueKeysWithValues: reports.map { report in
                guard case .status(let status) = report.message.content else { return (report.message.runID, .pending) }
                return (report.message.runID, status)
            })
    }

    private func reports(_ count: Int, of desk: Desk) async -> [OutcomeReport] {
        var reports: [OutcomeReport] = []
        while reports.count < count { reports += await desk.sender.reports.next(limit: 100) }
        return reports
    }

    @Test func `a run is completed once the broker has its message, and fails with the reason where it has not`()
        async throws
    {
        let desk = Desk()
        desk.broker.answer(.unroutable, toMessagesTo: "nobody")
        desk.broker.answer(.refused("NOT_FOUND - no exchange 'gone'"), toMessagesTo: "gone")
        desk.broker.answer(.nacked, toMessagesTo: "full")
        try await desk.working {
            await desk.sender.enqueue(
                [desk.action(1), desk.action(2, "nobody"), desk.action(3, "gone"), desk.action(4, "full")].compactMap(
                    \.self))
            let reports = await reports(4, of: desk)
            let ids = (1...4).map { Sample.run(UInt32($0)).id }
            #expect(statuses(reports) == [ids[0]: .completed, ids[1]: .failed, ids[2]: .failed, ids[3]: .failed])
            let errors = Dictionary(uniqueKeysWithValues: reports.map { ($0.message.runID, $0.message.error) })
            #expect(errors[ids[0]] == .some(nil))
            #expect(errors[ids[1]] == "returned by the broker, no queue takes it: exchange \"nobody\", key \"key\"")
            #expect(errors[ids[2]] == "refused by the broker: NOT_FOUND - no exchange 'gone'")
            #expect(errors[ids[3]] == "refused by the broker: exchange \"full\", key \"key\"")
            #expect(desk.broker.sent.map(\.id) == ["\(ids[0])"])
            // Until that is stored, the same is not sent once more; nor after that.
            await desk.sender.enqueue([desk.action(1)].compactMap(\.self))
            await desk.sender.stored(reports, [:])
            await desk.sender.enqueue([desk.action(1), desk.action(5)].compactMap(\.self))
            _ = await self.reports(1, of: desk)
            #expect(desk.broker.sent.map(\.id) == ["\(ids[0])", "\(Sample.run(5).id)"])
        }
    }

    @Test func `without the broker it waits, and a lost confirm is sent again under the same id`() async throws {
        let desk = Desk()
        desk.broker.takeDown()
        try await desk.working {
            await desk.sender.enqueue([desk.action(1)].compactMap(\.self))
            await desk.sender.enqueue([desk.action(2)].compactMap(\.self))
            #expect(await desk.sender.isPending(Sample.run(1)))
            desk.broker.loseConnection(atPublish: 1, arrives: true)
            desk.broker.bringUp()
            #expect(Set(statuses(await reports(2, of: desk)).values) == [.completed])
            let sent = desk.broker.sent.map(\.id)
            #expect(Set(sent) == ["\(Sample.run(1).id)", "\(Sample.run(2).id)"] && sent.count >= 2)
        }
    }

    @Test func `what is not sent yet is taken back, and a cancel ends the run`() async throws {
        let desk = Desk()
        desk.broker.takeDown()
        try await desk.working {
            await desk.sender.enqueue([desk.action(1), desk.action(2)].compactMap(\.self))
            #expect(await desk.sender.withdraw(Sample.run(1)))
            #expect(await !desk.sender.withdraw(Sample.run(1)))
            await desk.sender.enqueue([desk.action(2, cancels: true)].compactMap(\.self))
            #expect(statuses(await reports(1, of: desk)) == [Sample.run(2).id: .cancelled])
            desk.broker.bringUp()
            await desk.sender.enqueue([desk.action(3)].compactMap(\.self))
            #expect(statuses(await reports(1, of: desk)) == [Sample.run(3).id: .completed])
            #expect(desk.broker.sent.map(\.id) == ["\(Sample.run(3).id)"])
        }
    }

    @Test func `a job that is another's now is not sent for`() async throws {
        let desk = Desk()
        try await desk.working {
            desk.holdings.table.drop([try JobName("job")])
            await desk.sender.enqueue([desk.action(1)].compactMap(\.self))
            try await eventually("it is given up") { await !desk.sender.isPending(Sample.run(1)) }
            #expect(desk.broker.sent.isEmpty)
            #expect(await desk.sender.drain(atMost: .seconds(5)))
        }
    }
}
