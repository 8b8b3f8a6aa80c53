// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Declares on several channels side by side.
///
/// The broker does the methods of one channel one after the other and waits for its disk at each new object; those of
/// different channels it does at the same time. A subject always goes to the same channel, so its order is kept.
struct DeclaringChannels {
    /// What an answer of the broker says about a subject.
    enum Outcome: Equatable {
        case declared(TopologySubject)
        case refused(TopologySubject, reason: String)
    }

    /// More of them win little: the broker's processors are busy then.
    static let count = 16

    private struct Lane {
        var channel: Channel
        var declarer = TopologyDeclarer()
    }

    private var lanes: [Lane]

    /// Uses the `count` channel numbers from `first` on.
    init(from first: UInt16) {
        lanes = (0..<UInt16(Self.count)).map { Lane(channel: Channel(number: first + $0)) }
    }

    /// Whether an answer or a reopening is due some time.
    var hasTimer: Bool { lanes.contains { $0.channel.hasTimer } }

    /// Opens them on a new connection.
    mutating func open(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        for index in lanes.indices { try lanes[index].channel.open(on: writer, at: now) }
    }

    /// Asks for a subject; no effect while it is being declared.
    mutating func request(_ subject: TopologySubject) {
        lanes[Int(UInt(bitPattern: subject.hashValue) % UInt(Self.count))].declarer.request(subject)
    }

    /// Opens what was closed and sends what may be sent.
    mutating func advance(
        _ queueType: QueueType, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        for index in lanes.indices {
            try lanes[index].channel.reopenIfDue(on: writer, at: now)
            guard lanes[index].channel.isOpen else { continue }
            for declaration in lanes[index].declarer.takeSendable() {
                try lanes[index].channel.send(OutboundMethod(declaration, queueType), on: writer, at: now)
            }
        }
    }

    /// Takes a method that came on one of them; methods of other channels are not its own and change nothing.
    mutating func handle(
        _ method: InboundMethod, channel: UInt16, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) -> Outcome? {
        guard let index = lanes.firstIndex(where: { $0.channel.number == channel }) else { return nil }
        switch method {
        case .channelOpened:
            lanes[index].channel.answered(at: now)
        case .declared, .queueDeclared:
            lanes[index].channel.answered(at: now)
            return try lanes[index].declarer.replied().map { .declared($0) }
        case .channelClosed(let close):
            let culprit = lanes[index].declarer.channelClosed()
            try lanes[index].channel.closed(isExplained: true, on: writer, at: now)
            return culprit.map { .refused($0, reason: close.text) }
        default: break
        }
        return nil
    }

    /// Those on their way to the broker that have an object of one of these names.
    func unanswered(named names: Set<String>) -> [TopologySubject] {
        lanes.flatMap(\.declarer.unanswered).filter { $0.isNamed(in: names) }
    }

    /// The connection is gone, and with it what was asked for.
    mutating func lost() {
        for index in lanes.indices {
            lanes[index].channel.lost()
            lanes[index].declarer.removeAll()
        }
    }

    /// Gives the connection up when the broker owes an answer for too long.
    func checkAnswers(within limit: Duration, at now: ContinuousClock.Instant) throws(LinkError) {
        for lane in lanes { try lane.channel.checkAnswers(within: limit, at: now) }
    }

    /// Starts the clock of outstanding answers afresh, after a time in which the broker could not answer.
    mutating func restartClock(at now: ContinuousClock.Instant) {
        for index in lanes.indices { lanes[index].channel.restartClock(at: now) }
    }
}
