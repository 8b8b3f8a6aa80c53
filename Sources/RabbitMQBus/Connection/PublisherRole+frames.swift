// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

extension PublisherRole {
    func handle(
        _ frame: InboundFrame, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch frame.payload {
        case .method(.blocked(let reason)): setBlocked(reason, at: now)
        case .method(.unblocked): setBlocked(nil, at: now)
        case .method(let method) where frame.channel == publishing.number:
            try handlePublishing(method, on: writer, at: now)
        case .method(let method) where frame.channel == hinting.number:
            try handleHinting(method, on: writer, at: now)
        case .method(let method) where frame.channel == removing.number:
            try handleRemoving(method, on: writer, at: now)
        case .method(let method):
            switch try declaring.handle(method, channel: frame.channel, on: writer, at: now) {
            case .declared(let subject): declared(subject)
            case .refused(let subject, let reason): refuse(subject, reason, at: now)
            case nil: break
            }
        case .header(let size, let properties):
            note(try assembler.header(size: size, properties: properties))
        case .body(let part):
            note(try assembler.body(part))
        }
    }

    private func note(_ content: ContentAssembler.Content?) {
        guard case .returned(_, let properties) = content, let id = properties.messageID else { return }
        ledger.noteReturn(messageID: id)
    }

    private func handlePublishing(
        _ method: InboundMethod, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .published(let tag, let multiple, let isTaken):
            lastConfirm = now
            for (ticket, verdict) in ledger.settle(through: tag, multiple: multiple, isTaken: isTaken) {
                resolve(ticket, verdict)
            }
        case .returned(let reason):
            try assembler.beginReturn(reason: reason)
        case .channelClosed(let close):
            try publishingClosed(close, on: writer, at: now)
        case .channelOpened, .confirmsSelected:
            publishing.answered(at: now)
        default: break
        }
    }

    private func resolve(_ ticket: PublishBatch.Ticket, _ verdict: ConfirmLedger<PublishBatch.Ticket>.Verdict) {
        switch verdict {
        case .taken: ticket.resolve(.confirmed)
        case .rejected: ticket.resolve(.unconfirmed)
        case .unroutable:
            // Something was deleted: the next publish declares it again.
            context.declared.remove(ticket.request.subject)
            ticket.resolve(.unroutable)
        }
    }

    /// Only this channel is gone.
    ///
    /// The messages of the exchange that the broker names have a certain fate; it may or may not have taken the others.
    private func publishingClosed(
        _ close: ChannelClose, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        let open = ledger.drain()
        let culprit = close.quotedName.flatMap { name in
            open.first { $0.request.message.exchange == name }?.request.subject
        }
        context.logger.warning("the broker closed the publishing channel", metadata: ["reason": "\(close.text)"])
        if let culprit {
            context.declared.remove(culprit)
            if close.code != 404 { refuse(culprit, close.text, at: now) }
        }
        for ticket in open {
            guard ticket.request.subject == culprit else {
                ticket.resolve(.unconfirmed)
                continue
            }
            ticket.resolve(close.code == 404 ? .unroutable : .refused(close.text))
        }
        assembler = ContentAssembler()
        try publishing.closed(isExplained: culprit != nil, on: writer, at: now)
    }

    private func handleHinting(
        _ method: InboundMethod, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .channelOpened: hinting.answered(at: now)
        case .channelClosed:
            context.declared.remove(.controlExchange)
            try hinting.closed(isExplained: false, on: writer, at: now)
        default: break
        }
    }

    private func handleRemoving(
        _ method: InboundMethod, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .channelOpened: removing.answered(at: now)
        case .deleted:
            removing.answered(at: now)
            removals.replied()
        case .channelClosed(let close):
            removals.refused(close)
            try removing.closed(isExplained: true, on: writer, at: now)
        default: break
        }
    }

    private func declared(_ subject: TopologySubject) {
        context.declared.insert(subject)
        queue.prepend(parked.removeValue(forKey: subject) ?? [])
    }

    private func refuse(_ subject: TopologySubject, _ reason: String, at now: ContinuousClock.Instant) {
        guard case .job(let job) = subject else {
            // Somebody made it otherwise, so it is there: good enough to publish to.
            context.logger.error("an object of ours was declared otherwise", metadata: ["reason": "\(reason)"])
            return declared(subject)
        }
        context.logger.error(
            "the broker refuses the objects of a job", metadata: ["job": "\(job)", "reason": "\(reason)"])
        refused[job] = (reason, now + context.settings.refusedJobRetry)
        context.status.setRefused(job, reason, Self.side)
        for ticket in parked.removeValue(forKey: subject) ?? [] { ticket.resolve(.refused(reason)) }
    }
}
