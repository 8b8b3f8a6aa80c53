// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Logging
import Shared

/// Removes the objects of deleted jobs on a connection that nothing else depends on, a job per channel; the connection is given
/// up when there is nothing to do.
final class RemoverRole: ConnectionRole {
    static let side = BusStatus.Side.remover

    /// Jobs that are worked on side by side.
    static let channels: UInt16 = 8
    /// How long the connection is kept for the next removal.
    static let idleTime = Duration.seconds(5)

    private struct Work {
        let request: RemovalRequest
        var removal: JobRemoval
        var isAsked = false
    }

    private struct Lane {
        var channel: Channel
        var work: Work?
    }

    private let context: RoleContext
    private var lanes = (1...channels).map { Lane(channel: Channel(number: $0)) }
    private var waiting: Deque<RemovalRequest> = []
    private var lastRequest = ContinuousClock.now
    private var isClosed = false

    init(_ context: RoleContext) {
        self.context = context
    }

    var isReadingPaused: Bool { false }
    var wantsWrite: Bool { false }
    var isWorking: Bool { lanes.contains { $0.channel.isOpen } }
    var hasTimer: Bool { isBusy || lanes.contains { $0.channel.hasTimer } }

    private var isBusy: Bool { !waiting.isEmpty || lanes.contains { $0.work != nil } }

    func isDone(at now: ContinuousClock.Instant) -> Bool {
        !isBusy && now - lastRequest > Self.idleTime
    }

    /// Takes a removal over; answered when it is done, or in time.
    func remove(_ request: RemovalRequest) {
        guard !isClosed else { return request.answer(.unavailable) }
        lastRequest = .now
        waiting.append(request)
    }

    func opened(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        for index in lanes.indices { try lanes[index].channel.open(on: writer, at: now) }
    }

    func handle(
        _ frame: InboundFrame, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        guard case .method(let method) = frame.payload,
            let index = lanes.firstIndex(where: { $0.channel.number == frame.channel })
        else { return }
        switch method {
        case .channelOpened: lanes[index].channel.answered(at: now)
        case .queueDeclared(_, let messages), .deleted(let messages):
            lanes[index].channel.answered(at: now)
            lanes[index].work?.isAsked = false
            if let outcome = lanes[index].work?.removal.replied(messages: messages) { finish(index, outcome) }
        case .channelClosed(let close):
            let wasAsked = lanes[index].work?.isAsked == true
            lanes[index].work?.isAsked = false
            if wasAsked, let outcome = lanes[index].work?.removal.refused(close) { finish(index, outcome) }
            try lanes[index].channel.closed(isExplained: wasAsked, on: writer, at: now)
        default: break
        }
    }

    func advance(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        for index in lanes.indices {
            try lanes[index].channel.reopenIfDue(on: writer, at: now)
            try lanes[index].channel.checkAnswers(within: context.settings.rpcTimeout, at: now)
            guard lanes[index].channel.isOpen else { continue }
            if lanes[index].work == nil, let request = waiting.popFirst() {
                context.declared.remove(.workers(.job(request.job)))
                lanes[index].work = Work(request: request, removal: JobRemoval(of: request.job))
            }
            guard let work = lanes[index].work, !work.isAsked else { continue }
            guard work.request.deadline > now, let method = work.removal.method else {
                finish(index, .unavailable)
                continue
            }
            lanes[index].work?.isAsked = true
            try lanes[index].channel.send(method, on: writer, at: now)
        }
        return false
    }

    func settle(at now: ContinuousClock.Instant) {
        for request in waiting where request.deadline <= now { request.answer(.unavailable) }
        waiting.removeAll { $0.deadline <= now }
    }

    func connectionRefused(_ reason: String, at now: ContinuousClock.Instant) {
        let names = reason.quoted
        let asked = lanes.indices.filter { lanes[$0].work?.isAsked == true }
        for index in asked {
            guard let job = lanes[index].work?.request.job else { continue }
            if asked.count == 1 || !names.isDisjoint(with: Topology.names(of: .job(job))) {
                finish(index, .refused(reason))
            }
        }
    }

    func lost(at now: ContinuousClock.Instant) {
        for index in lanes.indices {
            lanes[index].channel.lost()
            finish(index, .unavailable)
        }
    }

    func closed() {
        isClosed = true
        for index in lanes.indices { finish(index, .unavailable) }
        for request in waiting { request.answer(.unavailable) }
        waiting = []
    }

    private func finish(_ index: Int, _ outcome: ReleaseOutcome) {
        guard let work = lanes[index].work else { return }
        lanes[index].work = nil
        lastRequest = .now
        if work.removal.lost > 0 {
            context.logger.log(
                .warning, "messages that came while their queue was removed are gone",
                [.job: "\(work.request.job)", .count: "\(work.removal.lost)"])
        }
        work.request.answer(outcome)
    }
}

/// One call of ``JobSubscriptions/release(_:)`` for one job.
struct RemovalRequest {
    let job: JobName
    /// No method is sent after this.
    let deadline: ContinuousClock.Instant
    /// Called once.
    let answer: (ReleaseOutcome) -> Void
}
