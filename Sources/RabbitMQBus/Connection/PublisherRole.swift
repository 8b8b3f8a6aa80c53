// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Publishes with confirms on channel 1, hints on channel 2, removes on channel 3, declares on those from 4 on.
final class PublisherRole: ConnectionRole {
    static let side = BusStatus.Side.publisher

    let context: RoleContext
    var publishing = Channel(number: 1, setup: [.selectConfirms])
    var hinting = Channel(number: 2)
    var removing = Channel(number: 3)
    var declaring = DeclaringChannels(from: 4)
    var removals = RemovalQueue()
    var ledger = ConfirmLedger<PublishBatch.Ticket>()
    var assembler = ContentAssembler()
    var queue = TicketQueue()
    /// Messages whose objects are being declared.
    var parked: [TopologySubject: [PublishBatch.Ticket]] = [:]
    /// Jobs that the broker refused lately: their messages are refused without asking again.
    var refused: [JobName: (reason: String, until: ContinuousClock.Instant)] = [:]
    var batches: [PublishBatch] = []
    var hints: [ControlHint] = []
    var readyWaiters = Waiters<Void>()
    var blockedReason: String?
    /// When the broker last confirmed something while something was open.
    var lastConfirm = ContinuousClock.now
    var isClosed = false
    private(set) var wantsWrite = false

    init(_ context: RoleContext) {
        self.context = context
    }

    var isReadingPaused: Bool { false }
    var isWorking: Bool { publishing.isOpen }
    var isReady: Bool { publishing.isOpen && blockedReason == nil }
    var hasTimer: Bool {
        !batches.isEmpty || !removals.isEmpty || removing.hasTimer || publishing.hasTimer
            || hinting.hasTimer || declaring.hasTimer || !refused.isEmpty
    }

    /// Takes a call of publish over; answers through the batch.
    func submit(_ batch: PublishBatch) {
        guard !isClosed else { return batch.expire() }
        batches.append(batch)
        queue.append(batch.requests.indices.map { PublishBatch.Ticket(batch: batch, index: $0) })
    }

    /// Takes a removal over; answered when it is done, or in time.
    func remove(_ removal: RemovalQueue.Removal) {
        guard !isClosed else { return removal.answer(.unavailable) }
        removals.append(removal)
    }

    /// Keeps a hint for the next moment at which it can be sent; when there are too many, the oldest goes.
    func announce(_ hint: ControlHint) {
        if hints.count >= 1000 { hints.removeFirst() }
        hints.append(hint)
    }

    func opened(on writer: some FrameWriter, at now: ContinuousClock.Instant) throws(LinkError) {
        declaring.request(.deadLetterQueue)
        declaring.request(.controlExchange)
        try publishing.open(on: writer, at: now)
        try hinting.open(on: writer, at: now)
        try declaring.open(on: writer, at: now)
        try removing.open(on: writer, at: now)
    }

    func advance(on writer: some FrameWriter, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        wantsWrite = false
        guard blockedReason == nil else { return false }
        try publishing.reopenIfDue(on: writer, at: now)
        try hinting.reopenIfDue(on: writer, at: now)
        try removing.reopenIfDue(on: writer, at: now)
        let hasMore = publishing.isOpen ? try writeMessages(on: writer, at: now) : false
        try declaring.advance(context.settings.queueType, on: writer, at: now)
        if hinting.isOpen { try writeHints(on: writer) }
        if removing.isOpen { try writeRemoval(on: writer, at: now) }
        for channel in [publishing, hinting, removing] {
            try channel.checkAnswers(within: context.settings.rpcTimeout, at: now)
        }
        try declaring.checkAnswers(within: context.settings.rpcTimeout, at: now)
        if ledger.count > 0, now - lastConfirm > context.settings.confirmTimeout {
            throw LinkError(reason: "the broker confirmed nothing for \(context.settings.confirmTimeout)")
        }
        return hasMore
    }

    /// Writes what the window and the socket take, a bounded number per turn so that confirms are read in between.
    private func writeMessages(
        on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) -> Bool {
        var budget = 512
        while let ticket = queue.first, budget > 0, ledger.count < context.settings.publishWindow {
            guard !ticket.batch.isDone, !isRefused(ticket, at: now) else {
                queue.removeFirst()
                continue
            }
            let request = ticket.request
            guard context.declared.contains(request.subject) else {
                queue.removeFirst()
                parked[request.subject, default: []].append(ticket)
                declaring.request(request.subject)
                continue
            }
            guard writer.isWritable else {
                wantsWrite = true
                return false
            }
            queue.removeFirst()
            budget -= 1
            if ledger.count == 0 { lastConfirm = now }
            ledger.add(messageID: request.message.properties.messageID ?? "", ticket)
            try writer.publish(request.message, channel: publishing.number)
        }
        return budget == 0 && !queue.isEmpty
    }

    private func isRefused(_ ticket: PublishBatch.Ticket, at now: ContinuousClock.Instant) -> Bool {
        guard case .job(let job) = ticket.request.subject, let refusal = refused[job], refusal.until > now else {
            return false
        }
        ticket.resolve(.refused(refusal.reason))
        return true
    }

    private func writeRemoval(on writer: some FrameWriter, at now: ContinuousClock.Instant) throws(LinkError) {
        guard let job = removals.takeNext() else { return }
        context.declared.remove(.job(job))
        let methods = OutboundMethod.removal(of: job, ifEmpty: context.settings.queueType == .classic)
        removals.sent(methods.count)
        for method in methods { try removing.send(method, on: writer, at: now) }
    }

    private func writeHints(on writer: some FrameWriter) throws(LinkError) {
        guard !hints.isEmpty else { return }
        guard context.declared.contains(.controlExchange) else { return declaring.request(.controlExchange) }
        while let hint = hints.first, writer.isWritable {
            hints.removeFirst()
            try writer.publish(OutboundMessage(hint), channel: hinting.number)
        }
    }

    func settle(at now: ContinuousClock.Instant) {
        context.status.setUnconfirmed(ledger.count)
        removals.expire(at: now)
        if isReady { readyWaiters.answerAll(.success(())) }
        for (job, refusal) in refused where refusal.until <= now {
            refused[job] = nil
            context.status.setRefused(job, nil, Self.side)
        }
        while let oldest = batches.first, oldest.isDone || oldest.deadline <= now {
            oldest.expire()
            batches.removeFirst()
        }
    }

    func lost(at now: ContinuousClock.Instant) {
        for ticket in ledger.drain() { ticket.resolve(.unconfirmed) }
        publishing.lost()
        hinting.lost()
        declaring.lost()
        removing.lost()
        removals.lost()
        assembler = ContentAssembler()
        unparkAll()
        setBlocked(nil, at: now)
    }

    func closed() {
        isClosed = true
        for ticket in ledger.drain() { ticket.resolve(.unconfirmed) }
        context.status.setUnconfirmed(0)
        removals.close()
        for batch in batches { batch.expire() }
        batches = []
        readyWaiters.answerAll(.failure(BusError(.closed, "the bus is closed")))
    }

    /// Puts everything that waits for declarations back into the queue; each asks for its declaration again.
    func unparkAll() {
        queue.prepend(parked.values.flatMap { $0 })
        parked = [:]
    }

    /// Notes an alarm of the broker, or its end.
    ///
    /// Time does not count meanwhile: the broker could not answer.
    func setBlocked(_ reason: String?, at now: ContinuousClock.Instant) {
        guard reason != blockedReason else { return }
        if let reason {
            context.logger.warning("the broker blocks publishing", metadata: ["reason": "\(reason)"])
        } else {
            context.logger.info("the broker takes messages again")
        }
        blockedReason = reason
        context.status.setBlocked(reason)
        lastConfirm = now
        publishing.restartClock(at: now)
        declaring.restartClock(at: now)
    }
}
