// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import RabbitMQTestSupport
import Shared
import Testing

@testable import RabbitMQBus

@Suite struct JobRemovalTests {
    /// Answers each method until the removal ends; gives its outcome and what was done.
    private func run(
        _ removal: inout JobRemoval, messages: (Int, OutboundMethod) -> UInt32?
    ) -> (ReleaseOutcome?, [OutboundMethod]) {
        var done: [OutboundMethod] = []
        while let method = removal.method {
            done.append(method)
            let outcome =
                if let count = messages(done.count, method) {
                    removal.replied(messages: count)
                } else {
                    removal.refused(ChannelClose(code: 404, text: "NOT_FOUND", methodID: 0))
                }
            if let outcome { return (outcome, done) }
        }
        return (nil, done)
    }

    private let look: [OutboundMethod] = [
        .lookAtQueue(name: "scheduler.job.j.status"), .lookAtQueue(name: "scheduler.job.j.heartbeat"),
    ]

    @Test func `it looks, removes what routes, looks again and removes the queues`() throws {
        var removal = JobRemoval(of: try JobName("j"))
        let (outcome, done) = run(&removal) { _, _ in 0 }
        #expect(outcome == .released)
        #expect(
            done == look + [
                .deleteExchange(name: "scheduler.job.j"), .deleteExchange(name: "scheduler.job.j.action"),
                .deleteExchange(name: "scheduler.job.j.status"), .deleteExchange(name: "scheduler.job.j.heartbeat"),
            ] + look + [
                .deleteQueue(name: "scheduler.job.j.status"), .deleteQueue(name: "scheduler.job.j.heartbeat"),
                .deleteQueue(name: "scheduler.job.j.action"),
            ])
        #expect(removal.lost == 0)
    }

    @Test func `what is not there is removed`() throws {
        var removal = JobRemoval(of: try JobName("j"))
        let (outcome, done) = run(&removal) { _, method in look.contains(method) ? nil : 0 }
        #expect(outcome == .released)
        #expect(done.count == 11)
    }

    @Test(arguments: [1, 2]) func `nothing is removed while messages wait`(look: Int) throws {
        var removal = JobRemoval(of: try JobName("j"))
        let (outcome, done) = run(&removal) { count, _ in count == look ? 1 : 0 }
        #expect(outcome == .reportsWaiting)
        #expect(done.count == look)
    }

    @Test(arguments: [7, 8]) func `a message that came between the looks keeps the queues`(look: Int) throws {
        var removal = JobRemoval(of: try JobName("j"))
        let (outcome, done) = run(&removal) { count, _ in count == look ? 1 : 0 }
        #expect(outcome == .reportsWaiting)
        #expect(done.count == look)
    }

    @Test func `what went with the inbound queues is counted, what nobody took of the actions is not`() throws {
        var removal = JobRemoval(of: try JobName("j"))
        let (outcome, _) = run(&removal) { count, _ in count > 8 ? UInt32(count) : 0 }
        #expect(outcome == .released)
        #expect(removal.lost == 9 + 10)
    }

    @Test(arguments: [403, 405, 406] as [UInt16]) func `a refusal is told in the broker's words`(code: UInt16) throws {
        var removal = JobRemoval(of: try JobName("j"))
        #expect(removal.refused(ChannelClose(code: code, text: "NO", methodID: 0)) == .refused("NO"))
    }
}

@Suite struct RefusalTests {
    @Test func `the names in quotes are found in what RabbitMQ says`() {
        let text =
            "ACCESS_REFUSED - access to topic 'action' in exchange 'scheduler.job.x' in vhost 'v' refused for user 'u'"
        #expect(text.quoted == ["action", "scheduler.job.x", "v", "u"])
        #expect("cut in the 'middle".quoted.isEmpty)
        #expect("nothing".quoted.isEmpty)
    }

    @Test func `a refused consumer is tried before it is consumed again`() throws {
        let now = ContinuousClock.now
        let job = WorkerAddress.job(try JobName("j"))
        var roster = ConsumerRoster()
        roster.subscribe([job])
        #expect(roster.takeUndeclared(at: now) == [job])
        roster.declared(job)
        #expect(roster.takeSendable().count == 2)
        roster.channelClosed()
        roster.doubt(job)
        roster.postpone(job, until: now + .seconds(30))
        // A new connection does not make it come earlier.
        roster.connected()
        #expect(roster.takeUndeclared(at: now + .seconds(29)).isEmpty)
        #expect(roster.takeUndeclared(at: now + .seconds(30)) == [job])
        roster.declared(job)
        #expect(roster.takeSendable().isEmpty)
        #expect(roster.takeUntried() == job)
        roster.tried(job)
        #expect(roster.takeSendable().count == 2)
        #expect(!roster.isDoubtful(job))
    }

    @Test func `a consumer is cancelled only once it is confirmed, and no tag is used twice`() throws {
        let now = ContinuousClock.now
        let job = WorkerAddress.job(try JobName("j"))
        var roster = ConsumerRoster()
        func consume() {
            roster.subscribe([job])
            #expect(roster.takeUndeclared(at: now) == [job])
            roster.declared(job)
        }
        consume()
        roster.unsubscribe([job])
        #expect(roster.takeSendable().isEmpty)
        consume()
        let first = roster.takeSendable()
        #expect(first.count == 2)
        roster.unsubscribe([job])
        consume()
        let second = roster.takeSendable()
        #expect(second.count == 2)
        #expect(Set(first.map(\.tag)).isDisjoint(with: second.map(\.tag)))
        for _ in 0..<4 { roster.confirmed() }
        #expect(roster.takeSendable().map(\.tag) == first.map(\.tag))
        let tag = try #require(first[0].tag)
        #expect(roster.source(of: tag)?.workers == job)
        roster.cancelled()
        #expect(roster.source(of: tag) == nil)
    }

    @Test func `a job whose objects cost a connection is left alone for long, whatever reconnects`() throws {
        let now = ContinuousClock.now
        let bad = try JobName("bad")
        let good = try JobName("good")
        let status = BusStatus(sides: [.publisher, .consumer])
        let role = ConsumerRole(
            RoleContext(
                settings: try RabbitMQSettings(connectionString: "amqp://broker"), status: status,
                declared: DeclaredTopology(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        /// Connects anew; gives the queues that are declared.
        func declared(at time: ContinuousClock.Instant) throws -> Set<String> {
            let recorder = try FrameRecorder()
            try role.opened(on: recorder.link, at: time)
            for channel in 4..<UInt16(4 + DeclaringChannels.count) {
                try role.handle(
                    InboundFrame(channel: channel, payload: .method(.channelOpened)), on: recorder.link, at: time)
            }
            _ = try role.advance(on: recorder.link, at: time)
            // The empty one is for hints.
            return recorder.declaredQueues().subtracting([""])
        }
        role.subscribe([.job(bad), .job(good)])
        #expect(try declared(at: now).count == 6)
        role.connectionRefused("INTERNAL_ERROR - cannot declare 'scheduler.job.bad.status' in vhost '/'", at: now)
        role.lost(at: now)
        #expect(status.state.refused.keys.map(\.description) == ["bad"])
        #expect(try declared(at: now + .seconds(1)).allSatisfy { $0.hasPrefix("scheduler.job.good.") })
        role.lost(at: now)
        #expect(try declared(at: now + .seconds(301)).contains("scheduler.job.bad.status"))
    }
}

extension OutboundMethod {
    fileprivate var tag: String? {
        switch self {
        case .consume(_, let tag, _), .cancel(let tag): tag
        default: nil
        }
    }
}
