// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// Which objects are to be declared on one channel, in what order, and whose fault it is when the broker refuses.
///
/// Declarations are pipelined: a bounded number of subjects is on its way at any time, and the broker answers in order.
struct TopologyDeclarer {
    private struct Work {
        let subject: TopologySubject
        var unanswered: Int
    }

    private let window: Int
    private var waiting: Deque<TopologySubject> = []
    private var inFlight: Deque<Work> = []
    private var requested: Set<TopologySubject> = []

    /// At most `window` jobs or pools (13 methods each) are unanswered at once, so that no buffer on either side fills up.
    init(window: Int = 8) {
        self.window = window
    }

    /// Asks for a subject; no effect while it is being declared.
    mutating func request(_ subject: TopologySubject) {
        if requested.insert(subject).inserted { waiting.append(subject) }
    }

    /// What to send now.
    ///
    /// Refills in halves of the window, so that the broker gets whole packets.
    mutating func takeSendable() -> [TopologyDeclaration] {
        let count = min(window - inFlight.count, waiting.count)
        guard count > 0, count == waiting.count || count >= window / 2 else { return [] }
        var declarations: [TopologyDeclaration] = []
        for subject in waiting.prefix(count) {
            let own = subject.declarations
            inFlight.append(Work(subject: subject, unanswered: own.count))
            declarations += own
        }
        waiting.removeFirst(count)
        return declarations
    }

    /// The broker did the oldest unanswered one; gives the subject when that was its last.
    mutating func replied() throws(LinkError) -> TopologySubject? {
        guard !inFlight.isEmpty else { throw LinkError(reason: "the broker answered what was not asked") }
        inFlight[0].unanswered -= 1
        guard inFlight[0].unanswered == 0 else { return nil }
        let subject = inFlight.removeFirst().subject
        requested.remove(subject)
        return subject
    }

    /// The channel is gone: the oldest unanswered subject is at fault and is given back.
    ///
    /// The others are sent again on the next channel.
    mutating func channelClosed() -> TopologySubject? {
        let culprit = inFlight.popFirst()?.subject
        waiting.prepend(contentsOf: inFlight.map(\.subject))
        inFlight = []
        if let culprit { requested.remove(culprit) }
        return culprit
    }

    /// What the broker has not answered.
    var unanswered: [TopologySubject] { inFlight.map(\.subject) }

    /// Forgets everything.
    mutating func removeAll() {
        self = TopologyDeclarer(window: window)
    }
}
