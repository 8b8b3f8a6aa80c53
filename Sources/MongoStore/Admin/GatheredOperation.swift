// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// One operation for many callers: whoever comes while it is at work waits for the next round, and all who wait go to
/// the server together.
///
/// So the more requests there are, the fewer round trips each of them costs, and one who comes alone waits for nobody.
/// The fewer rounds at a time, the larger each is, and the server's work is by the round; but while a round waits for the
/// server's disk, another one can be at work.
/// Each caller has his own limit of time; a round that fails as a whole fails for all who are in it.
final class GatheredOperation<Request: Sendable, Answer: Sendable>: Sendable {
    private struct Entry: Sendable {
        let request: Request
        let call: PendingCall<Answer>
        let number: UInt64
    }

    private struct State {
        var waiting: [Entry] = []
        var roundsAtWork = 0
    }

    private let connection: BoundedConnection
    private let mostRounds: Int
    private let largestRound: Int
    private let work: @Sendable (MongoClient, [Request]) throws(StoreError) -> [Answer]
    private let state = Mutex(State())

    /// Up to `mostRounds` at a time, each of up to `largestRound` requests; `work` gives one answer per request, in their
    /// order.
    init(
        on connection: BoundedConnection, mostRounds: Int, largestRound: Int,
        work: @escaping @Sendable (MongoClient, [Request]) throws(StoreError) -> [Answer]
    ) {
        self.connection = connection
        self.mostRounds = mostRounds
        self.largestRound = largestRound
        self.work = work
    }

    /// Carries out one request; refuses at once when the latest contact failed.
    func run(_ request: Request) async throws(StoreError) -> Answer {
        try connection.checkContact()
        return try await connection.call { call, number in
            let entry = Entry(request: request, call: call, number: number)
            let round = state.withLock { state in
                state.waiting.append(entry)
                guard state.roundsAtWork < mostRounds else { return [Entry]() }
                state.roundsAtWork += 1
                return take(&state)
            }
            if !round.isEmpty { begin(round) }
        }
    }

    private func begin(_ round: [Entry]) {
        connection.submit(
            { [work] client throws(StoreError) in try work(client, round.map(\.request)) },
            isWanted: { round.contains { $0.call.isWaiting } },
            done: { [self] result in
                let next = state.withLock { state in
                    if state.waiting.isEmpty { state.roundsAtWork -= 1 }
                    return take(&state)
                }
                if !next.isEmpty { begin(next) }
                for (index, entry) in round.enumerated() {
                    connection.leave(entry.number)
                    entry.call.answer(result.map { $0[index] })
                }
            })
    }

    private func take(_ state: inout State) -> [Entry] {
        let round = Array(state.waiting.prefix(largestRound))
        state.waiting.removeFirst(round.count)
        return round
    }
}
