// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

extension PublisherRole {
    /// Writes what the window and the socket take, a bounded number per turn so that confirms are read in between.
    ///
    /// `true` = there is more to write.
    func writeMessages(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        var budget = 512
        while let ticket = queue.first, budget > 0, publishing.count < context.settings.publishWindow {
            if isDoubtful(ticket.request.subject) {
                queue.removeFirst()
                doubtfulQueue.append(ticket)
                continue
            }
            guard isSendable(ticket, at: now) else {
                queue.removeFirst()
                continue
            }
            guard writer.isWritable else {
                wantsWrite = true
                return false
            }
            queue.removeFirst()
            budget -= 1
            try publishing.publish(ticket, on: writer, at: now)
        }
        return budget == 0 && !queue.isEmpty
    }

    /// Writes the messages of subjects in doubt, one at a time, so that it is known over which the broker closes the channel.
    ///
    /// `true` = there are messages to write to the other channel, whose subject is in doubt no longer.
    func writeDoubtfulMessage(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        var hasMore = false
        while let ticket = doubtfulQueue.first, doubting.count == 0 {
            if !isDoubtful(ticket.request.subject) {
                doubtfulQueue.removeFirst()
                queue.append(ticket)
                hasMore = publishing.isOpen
                continue
            }
            guard isSendable(ticket, at: now) else {
                doubtfulQueue.removeFirst()
                continue
            }
            guard writer.isWritable else {
                wantsWrite = true
                return hasMore
            }
            doubtfulQueue.removeFirst()
            try doubting.publish(ticket, on: writer, at: now)
        }
        return hasMore
    }

    private func isDoubtful(_ subject: TopologySubject) -> Bool {
        if case .exchange = subject, !knownExchanges.contains(subject) { return true }
        return doubtful.contains(subject)
    }

    /// Whether to write a message now; otherwise it is answered, or waits for its objects.
    private func isSendable(_ ticket: PublishBatch.Ticket, at now: ContinuousClock.Instant) -> Bool {
        guard !ticket.batch.isDone, !isRefused(ticket, at: now) else { return false }
        let subject = ticket.request.subject
        if case .exchange = subject { return true }
        guard !context.declared.contains(subject) else { return true }
        parked[subject, default: []].append(ticket)
        declaring.request(subject)
        return false
    }

    private func isRefused(_ ticket: PublishBatch.Ticket, at now: ContinuousClock.Instant) -> Bool {
        guard case .workers(let workers) = ticket.request.subject, let refusal = refused[workers], refusal.until > now
        else {
            return false
        }
        ticket.resolve(.refused(refusal.reason))
        return true
    }

    /// Writes what hints there are.
    func writeHints(on writer: BrokerLink) throws(LinkError) {
        guard !hints.isEmpty else { return }
        guard context.declared.contains(.controlExchange) else { return declaring.request(.controlExchange) }
        while let hint = hints.first, writer.isWritable {
            hints.removeFirst()
            try writer.publish(OutboundMessage(hint), channel: hinting.number)
        }
    }
}
