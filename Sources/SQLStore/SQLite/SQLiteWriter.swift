// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Dispatch
import Shared
import Synchronization

/// The one connection that writes, and the queue that alone uses it.
///
/// Whoever comes while a transaction is at work waits for the next one, and all who wait share it: they wait for the disk
/// once. Each has a savepoint of its own, so that one that fails takes nothing with it. A fault of the disk or the file is
/// everybody's: nothing of the transaction stands then.
final class SQLiteWriter: Sendable {
    private struct Call: Sendable {
        let work: @Sendable (SQLiteConnection) throws(StoreError) -> Void
        let answer: @Sendable (StoreError?) -> Void
    }

    private struct State {
        var waiting: [Call] = []
        var isAtWork = false
        var failure: StoreError?
        var refusal: StoreError?
    }

    private static let largestRound = 256

    private let place: ConnectionPlace
    private let queue = DispatchQueue(label: "sqlite-writer")
    private let file: SQLiteFile
    private let state = Mutex(State())

    init(_ connection: sending SQLiteConnection, of file: SQLiteFile) {
        place = ConnectionPlace(connection)
        self.file = file
    }

    /// Why the last transaction failed; `nil` = it stands.
    var lastFailure: StoreError? { state.withLock(\.failure) }

    /// Refuses every later call with this error, but those that are told to go on; those that wait are carried out.
    func refuse(_ refusal: StoreError) {
        state.withLock { $0.refusal = refusal }
    }

    /// Carries out `work` in a transaction; what it did is on the disk when this returns.
    ///
    /// `work` runs on the connection's thread.
    func run<Value: Sendable>(
        evenIfRefused: Bool = false,
        _ work: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            let value = Mutex<Value?>(nil)
            let call = Call(
                work: { connection throws(StoreError) in
                    let made = try work(connection)
                    value.withLock { $0 = made }
                },
                answer: { failure in
                    if let failure { return continuation.resume(returning: .failure(failure)) }
                    guard let made = value.withLock({ $0 }) else { preconditionFailure("work that stands has a value") }
                    continuation.resume(returning: .success(made))
                })
            let (begins, refusal) = state.withLock { state in
                if let refusal = state.refusal, !evenIfRefused { return (false, StoreError?(refusal)) }
                state.waiting.append(call)
                defer { state.isAtWork = true }
                return (!state.isAtWork, nil)
            }
            if let refusal { return call.answer(refusal) }
            if begins { queue.async { [self] in drain() } }
        }
        return try result.get()
    }

    /// Closes the connection after what was asked for; every later call is refused.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [place] in
                place.connection = nil
                continuation.resume()
            }
        }
    }

    private func drain() {
        while true {
            let calls = state.withLock { state in
                let calls = Array(state.waiting.prefix(Self.largestRound))
                state.waiting.removeFirst(calls.count)
                if calls.isEmpty { state.isAtWork = false }
                return calls
            }
            if calls.isEmpty { return }
            let outcome = Result { () throws(StoreError) in
                try place.with { connection throws(StoreError) in try transaction(calls, connection) }
            }
            switch outcome {
            case .success(let failures):
                state.withLock { $0.failure = nil }
                for (call, failure) in zip(calls, failures) { call.answer(failure) }
            case .failure(let failure):
                state.withLock { $0.failure = failure }
                for call in calls { call.answer(failure) }
            }
        }
    }

    /// Gives each call's own failure; throws when nothing of the transaction stands.
    private func transaction(_ calls: [Call], _ connection: SQLiteConnection) throws(StoreError) -> [StoreError?] {
        try file.checkIsInPlace()
        connection.hasFailed = false
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE")
            var failures: [StoreError?] = []
            for call in calls { failures.append(try attempt(call, connection)) }
            try connection.execute("COMMIT")
            return failures
        } catch {
            // SQLite may have rolled it back itself (sqlite.org/lang_transaction.html).
            if !connection.isIdle { _ = try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private func attempt(_ call: Call, _ connection: SQLiteConnection) throws(StoreError) -> StoreError? {
        try connection.execute("SAVEPOINT one")
        do throws(StoreError) {
            try call.work(connection)
            try connection.execute("RELEASE one")
            return nil
        } catch {
            if connection.hasFailed { throw error }
            try connection.execute("ROLLBACK TO one")
            try connection.execute("RELEASE one")
            return error
        }
    }
}
