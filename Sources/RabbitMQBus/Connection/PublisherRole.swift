// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Logging
import Shared

/// Publishes with confirms on channel 1, hints on channel 2, what is in doubt on channel 3, declares on those from 4 on.
///
/// In doubt is whatever may have made the broker close the channel that it was published on, and an exchange of others that has
/// taken nothing yet: it goes apart from the rest until the broker has taken one of its messages.
final class PublisherRole: ConnectionRole {
    static let side = BusStatus.Side.publisher

    let context: RoleContext
    var publishing = PublishingChannel(number: 1)
    var hinting = Channel(number: 2)
    var doubting = PublishingChannel(number: 3)
    var declaring = DeclaringChannels(from: 4)
    /// Messages that wait to be written.
    var queue: Deque<PublishBatch.Ticket> = []
    /// Stays over a reconnect.
    var doubtful: Set<TopologySubject> = []
    var doubtfulQueue: Deque<PublishBatch.Ticket> = []
    /// Exchanges of others that have taken a message over this connection.
    var knownExchanges: Set<TopologySubject> = []
    /// Messages whose objects are being declared.
    var parked: [TopologySubject: [PublishBatch.Ticket]] = [:]
    /// Those whose objects the broker refused lately: their messages are refused without asking again.
    var refused: [WorkerAddress: (reason: String, until: ContinuousClock.Instant)] = [:]
    var batches: [PublishBatch] = []
    var hints: [ControlHint] = []
    var readyWaiters = Waiters<Void>()
    var blockedReason: String?
    var isClosed = false
    var wantsWrite = false

    init(_ context: RoleContext) {
        self.context = context
    }

    var isReadingPaused: Bool { false }
    var isWorking: Bool { publishing.isOpen }
    var isReady: Bool { publishing.isOpen && blockedReason == nil }
    var hasTimer: Bool {
        !batches.isEmpty || publishing.hasTimer || doubting.hasTimer || hinting.hasTimer || declaring.hasTimer
            || !refused.isEmpty
    }

    /// Takes a call of publish over; answers through the batch.
    func submit(_ batch: PublishBatch) {
        guard !isClosed else { return batch.expire() }
        batches.append(batch)
        queue.append(contentsOf: batch.requests.indices.map { PublishBatch.Ticket(batch: batch, index: $0) })
    }

    /// Keeps a hint for the next moment at which it can be sent; when there are too many, the oldest goes.
    func announce(_ hint: ControlHint) {
        if hints.count >= 1000 { hints.removeFirst() }
        hints.append(hint)
    }

    func opened(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        context.declared.removeAll()
        declaring.request(.deadLetterQueue)
        declaring.request(.controlExchange)
        try publishing.open(on: writer, at: now)
        try hinting.open(on: writer, at: now)
        try declaring.open(on: writer, at: now)
        try doubting.open(on: writer, at: now)
    }

    func advance(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        wantsWrite = false
        guard blockedReason == nil else { return false }
        try publishing.reopenIfDue(on: writer, at: now)
        try hinting.reopenIfDue(on: writer, at: now)
        try doubting.reopenIfDue(on: writer, at: now)
        var hasMore = publishing.isOpen ? try writeMessages(on: writer, at: now) : false
        if doubting.isOpen, try writeDoubtfulMessage(on: writer, at: now) { hasMore = true }
        try declaring.advance(context.settings.queueType, on: writer, at: now)
        if hinting.isOpen { try writeHints(on: writer) }
        try publishing.checkAnswers(context.settings, at: now)
        try doubting.checkAnswers(context.settings, at: now)
        try hinting.checkAnswers(within: context.settings.rpcTimeout, at: now)
        try declaring.checkAnswers(within: context.settings.rpcTimeout, at: now)
        return hasMore
    }

    func settle(at now: ContinuousClock.Instant) {
        context.status.setUnconfirmed(publishing.count + doubting.count)
        if isReady { readyWaiters.answerAll(.success(())) }
        for (workers, refusal) in refused where refusal.until <= now {
            refused[workers] = nil
            context.status.setRefused(workers, nil, Self.side)
        }
        while let oldest = batches.first, oldest.isDone || oldest.deadline <= now {
            oldest.expire()
            batches.removeFirst()
        }
    }

    func lost(at now: ContinuousClock.Instant) {
        for ticket in publishing.lost() + doubting.lost() { ticket.resolve(.unconfirmed) }
        knownExchanges = []
        hinting.lost()
        declaring.lost()
        unparkAll()
        setBlocked(nil, at: now)
    }

    func closed() {
        isClosed = true
        for ticket in publishing.lost() + doubting.lost() { ticket.resolve(.unconfirmed) }
        context.status.setUnconfirmed(0)
        for batch in batches { batch.expire() }
        batches = []
        readyWaiters.answerAll(.failure(BusError(.closed, "the bus is closed")))
    }

    /// Puts everything that waits for declarations back into the queue; each asks for its declaration again.
    func unparkAll() {
        queue.prepend(contentsOf: parked.values.flatMap { $0 })
        parked = [:]
    }

    /// Notes an alarm of the broker, or its end.
    ///
    /// Time does not count meanwhile: the broker could not answer.
    func setBlocked(_ reason: String?, at now: ContinuousClock.Instant) {
        guard reason != blockedReason else { return }
        if let reason {
            context.logger.log(.warning, "the broker blocks publishing", [.reason: "\(reason)"])
        } else {
            context.logger.info("the broker takes messages again")
        }
        blockedReason = reason
        context.status.setBlocked(reason)
        publishing.restartClock(at: now)
        doubting.restartClock(at: now)
        declaring.restartClock(at: now)
    }
}
