// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// One operation for many callers: whoever comes while it is at work waits for the next round, and all who wait go to
/// the server together.
///
/// So the more requests there are, the fewer round trips each of them costs, and one who comes while nothing is at work
/// waits for nobody. The fewer rounds at a time, the larger each is, and the server's work is by the round; but while a
/// round waits for the server's disk, another one can be at work. It begins when it would be no smaller.
/// Each caller has its own deadline; a round that fails as a whole fails for all who are in it.
final class GatheredOperation<Request: Sendable, Answer: Sendable>: Sendable {
    private struct Entry: Sendable {
        let request: Request
        let call: PendingCall<Answer>
        let number: UInt64
    }

    private struct State {
        var waiting: [Entry] = []
        /// Whether a round has begun that has yet to take its requests.
        var isTaking = false
        var sizesAtWork: [Int] = []
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
            state.withLock { $0.waiting.append(Entry(request: request, call: call, number: number)) }
            beginIfWorthwhile()
        }
    }

    /// Begins a round where none is at work, or where it is no smaller than one that is, as soon as a thread of the
    /// connection is free; who comes before that is in it, too.
    private func beginIfWorthwhile() {
        let begins = state.withLock { state in
            guard !state.isTaking, state.sizesAtWork.count < mostRounds,
                state.waiting.count >= state.sizesAtWork.min() ?? 1
            else { return false }
            state.isTaking = true
            return true
        }
        if begins { begin() }
    }

    private func begin() {
        let taken = Mutex<[Entry]?>(nil)
        let round = { @Sendable [self] in
            taken.withLock { taken in
                let entries = taken ?? state.withLock { take(&$0) }
                taken = entries
                return entries
            }
        }
        connection.submit(
            { [work] client throws(StoreError) in try work(client, round().map(\.request)) },
            isWanted: { [self] in
                let entries = round()
                beginIfWorthwhile()
                return entries.contains { $0.call.isWaiting }
            },
            done: { [self] result in
                let entries = round()
                state.withLock { state in
                    guard let place = state.sizesAtWork.firstIndex(of: entries.count) else { return }
                    state.sizesAtWork.remove(at: place)
                }
                beginIfWorthwhile()
                for (index, entry) in entries.enumerated() {
                    connection.leave(entry.number)
                    entry.call.answer(result.map { $0[index] })
                }
            })
    }

    private func take(_ state: inout State) -> [Entry] {
        let round = Array(state.waiting.prefix(largestRound))
        state.waiting.removeFirst(round.count)
        state.isTaking = false
        state.sizesAtWork.append(round.count)
        return round
    }
}
