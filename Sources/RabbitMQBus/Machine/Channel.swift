// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// One AMQP channel: opening, setting up, counting answers, and opening again after the broker closed it.
struct Channel {
    private enum Phase {
        case down(reopenAt: ContinuousClock.Instant?)
        case settingUp
        case open
    }

    let number: UInt16
    private let setup: [OutboundMethod]
    private var phase = Phase.down(reopenAt: nil)
    private var unanswered = 0
    private var lastProgress = ContinuousClock.now
    private var openedAt = ContinuousClock.now
    private var backoff = Backoff(maximum: .seconds(5))

    /// A channel that sends `setup` right behind its opening.
    init(number: UInt16, setup: [OutboundMethod] = []) {
        self.number = number
        self.setup = setup
    }

    /// Whether the broker has answered everything of the setup.
    var isOpen: Bool { if case .open = phase { true } else { false } }

    /// Whether it is closed, for good or until its time.
    var isDown: Bool { if case .down = phase { true } else { false } }

    /// Whether an answer or a reopening is due some time.
    var hasTimer: Bool {
        if case .down(reopenAt: .some) = phase { true } else { unanswered > 0 }
    }

    /// Opens it on a new connection.
    mutating func open(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        phase = .settingUp
        unanswered = 0
        openedAt = now
        for method in [.openChannel] + setup {
            try send(method, on: writer, at: now)
        }
    }

    /// Sends a method and counts the answer that is due.
    mutating func send(
        _ method: OutboundMethod, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        if method.hasReply {
            if unanswered == 0 { lastProgress = now }
            unanswered += 1
        }
        try writer.send(method, channel: number)
    }

    /// An answer came.
    mutating func answered(at now: ContinuousClock.Instant) {
        lastProgress = now
        unanswered = max(unanswered - 1, 0)
        if case .settingUp = phase, unanswered == 0 { phase = .open }
    }

    /// The broker closed it.
    ///
    /// Opens again at once when the cause was found (`isExplained`) or it had lived for a while.
    mutating func closed(
        isExplained: Bool, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        try writer.send(.confirmChannelClosed, channel: number)
        unanswered = 0
        if isExplained || now - openedAt > .seconds(10) { backoff.reset() }
        phase = .down(reopenAt: isExplained ? now : now + backoff.next())
    }

    /// The connection is gone.
    mutating func lost() {
        phase = .down(reopenAt: nil)
        unanswered = 0
    }

    /// Opens again when it is time.
    mutating func reopenIfDue(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        if case .down(let reopenAt?) = phase, reopenAt <= now { try open(on: writer, at: now) }
    }

    /// Gives the connection up when the broker owes an answer for too long.
    func checkAnswers(within limit: Duration, at now: ContinuousClock.Instant) throws(LinkError) {
        if unanswered > 0, now - lastProgress > limit {
            throw LinkError(reason: "the broker did not answer within \(limit)")
        }
    }

    /// Starts the clock of outstanding answers afresh, after a time in which the broker could not answer.
    mutating func restartClock(at now: ContinuousClock.Instant) {
        lastProgress = now
    }
}
