// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A channel in confirm mode: what is on its way there, and what the broker says about it.
struct PublishingChannel {
    typealias Ticket = PublishBatch.Ticket
    typealias Verdict = ConfirmLedger<Ticket>.Verdict

    private(set) var channel: Channel
    private var ledger = ConfirmLedger<Ticket>()
    private var assembler = ContentAssembler()
    /// When the broker last confirmed something while something was open.
    private var lastConfirm = ContinuousClock.now

    init(number: UInt16) {
        channel = Channel(number: number, setup: [.selectConfirms])
    }

    var number: UInt16 { channel.number }
    var isOpen: Bool { channel.isOpen }
    var hasTimer: Bool { channel.hasTimer }
    /// How many messages are on their way.
    var count: Int { ledger.count }

    mutating func open(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        try channel.open(on: writer, at: now)
    }

    mutating func reopenIfDue(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        try channel.reopenIfDue(on: writer, at: now)
    }

    /// An answer to the opening or the setup came.
    mutating func answered(at now: ContinuousClock.Instant) { channel.answered(at: now) }

    /// Writes one message.
    mutating func publish(
        _ ticket: Ticket, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        if ledger.count == 0 { lastConfirm = now }
        let message = ticket.request.message
        ledger.add(messageID: message.properties.messageID ?? "", ticket)
        try writer.publish(message, channel: number)
    }

    /// A confirm came; gives what it settles.
    mutating func settle(
        through tag: UInt64, multiple: Bool, isTaken: Bool, at now: ContinuousClock.Instant
    ) -> [(token: Ticket, verdict: Verdict)] {
        lastConfirm = now
        return ledger.settle(through: tag, multiple: multiple, isTaken: isTaken)
    }

    /// A message of ours comes back.
    mutating func beginReturn(reason: String) throws(LinkError) { try assembler.beginReturn(reason: reason) }

    /// The next frame of what comes back: its header or a part of its body.
    mutating func takeContent(_ payload: InboundFrame.Payload) throws(LinkError) {
        let content: ContentAssembler.Content? =
            switch payload {
            case .header(let size, let properties): try assembler.header(size: size, properties: properties)
            case .body(let part): try assembler.body(part)
            case .method: nil
            }
        guard case .returned(_, let properties) = content, let id = properties.messageID else { return }
        ledger.noteReturn(messageID: id)
    }

    /// The broker closed it: opens again at once if messages were in flight that may have caused it.
    ///
    /// Gives what was on its way: the broker may or may not have taken it.
    mutating func closed(
        on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) -> [Ticket] {
        assembler = ContentAssembler()
        let open = ledger.drain()
        try channel.closed(isExplained: !open.isEmpty, on: writer, at: now)
        return open
    }

    /// The connection is gone; gives what was on its way.
    mutating func lost() -> [Ticket] {
        channel.lost()
        assembler = ContentAssembler()
        return ledger.drain()
    }

    /// Gives the connection up when the broker owes an answer or every confirm for too long.
    func checkAnswers(_ settings: RabbitMQSettings, at now: ContinuousClock.Instant) throws(LinkError) {
        try channel.checkAnswers(within: settings.rpcTimeout, at: now)
        if ledger.count > 0, now - lastConfirm > settings.confirmTimeout {
            throw LinkError(reason: "the broker confirmed nothing for \(settings.confirmTimeout)")
        }
    }

    /// Starts the clocks afresh, after a time in which the broker could not answer.
    mutating func restartClock(at now: ContinuousClock.Instant) {
        lastConfirm = now
        channel.restartClock(at: now)
    }
}
