// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Logging
import Shared

extension PublisherRole {
    func handle(
        _ frame: InboundFrame, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch frame.payload {
        case .method(.blocked(let reason)): setBlocked(reason, at: now)
        case .method(.unblocked): setBlocked(nil, at: now)
        case .method(let method) where frame.channel == publishing.number:
            try handle(method, of: &publishing, on: writer, at: now)
        case .method(let method) where frame.channel == doubting.number:
            try handle(method, of: &doubting, on: writer, at: now)
        case .method(let method) where frame.channel == hinting.number:
            try handleHinting(method, on: writer, at: now)
        case .method(let method):
            switch try declaring.handle(method, channel: frame.channel, on: writer, at: now) {
            case .declared(let subject): declared(subject)
            case .refused(let subject, let reason): refuse(subject, reason, at: now)
            case nil: break
            }
        case .header, .body:
            if frame.channel == doubting.number {
                try doubting.takeContent(frame.payload)
            } else {
                try publishing.takeContent(frame.payload)
            }
        }
    }

    /// The objects that the broker names are left alone for longer: each attempt closes the connection for everybody.
    func connectionRefused(_ reason: String, at now: ContinuousClock.Instant) {
        for subject in declaring.unanswered(named: reason.quoted) {
            refuse(subject, reason, at: now, pause: context.settings.refusedJobRetry * 10)
        }
    }

    private func handle(
        _ method: InboundMethod, of channel: inout PublishingChannel, on writer: BrokerLink,
        at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .published(let tag, let multiple, let isTaken):
            for (ticket, verdict) in channel.settle(through: tag, multiple: multiple, isTaken: isTaken, at: now) {
                resolve(ticket, verdict)
            }
        case .returned(let reason): try channel.beginReturn(reason: reason)
        case .channelClosed(let close): ended(try channel.closed(on: writer, at: now), close, at: now)
        case .channelOpened, .confirmsSelected: channel.answered(at: now)
        default: break
        }
    }

    private func resolve(_ ticket: PublishBatch.Ticket, _ verdict: PublishingChannel.Verdict) {
        doubtful.remove(ticket.request.subject)
        if case .exchange = ticket.request.subject { knownExchanges.insert(ticket.request.subject) }
        switch verdict {
        case .taken: ticket.resolve(.confirmed)
        case .rejected: ticket.resolve(.nacked)
        case .unroutable:
            // Something was deleted: the next publish declares it again.
            context.declared.remove(ticket.request.subject)
            ticket.resolve(.unroutable)
        }
    }

    /// A publishing channel was closed with this on its way; no other channel is gone.
    ///
    /// The messages of the subject at fault have a certain fate; the broker may or may not have taken the others. Where it
    /// names nobody (a message too big for it, say) and there was more than one, each is in doubt.
    private func ended(_ open: [PublishBatch.Ticket], _ close: ChannelClose, at now: ContinuousClock.Instant) {
        context.logger.log(.warning, "the broker closed the publishing channel", [.reason: "\(close.text)"])
        let subjects = Set(open.map(\.request.subject))
        let culprit = subjects.count == 1 ? subjects.first : subjects.first { $0.isNamed(in: close.text.quoted) }
        doubtful.formUnion(culprit.map { [$0] } ?? subjects)
        if let culprit {
            context.declared.remove(culprit)
            knownExchanges.remove(culprit)
            if close.code != 404, case .workers = culprit { refuse(culprit, close.text, at: now) }
        }
        for ticket in open {
            guard ticket.request.subject == culprit else {
                ticket.resolve(.unconfirmed)
                continue
            }
            if close.code == 404, case .workers = culprit {
                ticket.resolve(.unroutable)
            } else {
                ticket.resolve(.refused(close.text))
            }
        }
    }

    private func handleHinting(
        _ method: InboundMethod, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .channelOpened: hinting.answered(at: now)
        case .channelClosed:
            context.declared.remove(.controlExchange)
            try hinting.closed(isExplained: false, on: writer, at: now)
        default: break
        }
    }

    private func declared(_ subject: TopologySubject) {
        context.declared.insert(subject)
        queue.prepend(contentsOf: parked.removeValue(forKey: subject) ?? [])
    }

    private func refuse(
        _ subject: TopologySubject, _ reason: String, at now: ContinuousClock.Instant, pause: Duration? = nil
    ) {
        guard case .workers(let workers) = subject else {
            // Somebody made it otherwise, so it is there: good enough to publish to.
            context.logger.log(
                .error, "an exchange or queue of ours exists with other properties; it is used as it is",
                [.reason: "\(reason)"])
            return declared(subject)
        }
        context.logger.log(
            .error, "the broker refuses the objects of a job or a pool", [.job: "\(workers)", .reason: "\(reason)"])
        refused[workers] = (reason, now + (pause ?? context.settings.refusedJobRetry))
        context.status.setRefused(workers, reason, Self.side)
        for ticket in parked.removeValue(forKey: subject) ?? [] { ticket.resolve(.refused(reason)) }
    }
}
