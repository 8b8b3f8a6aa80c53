// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Dispatch
import Logging
import Shared
import Synchronization

/// A connection on which nobody waits long: each operation is answered within a limit, and at once while the server is
/// known to be away.
///
/// An operation whose caller has expired ends by itself (the driver's own limits bound it) or is not begun at all.
final class BoundedConnection: Sendable {
    private struct Entry {
        let deadline: DispatchTime
        let giveUp: @Sendable () -> Void
    }

    private struct Waiting {
        var entries: [UInt64: Entry] = [:]
        var last: UInt64 = 0
    }

    /// How long a caller waits.
    private static let deadline = DispatchTimeInterval.milliseconds(2_500)

    private let connection: MongoConnection
    private let waiting = Mutex(Waiting())
    private let isAway = Atomic(true)

    init(_ connection: MongoConnection) {
        self.connection = connection
    }

    /// Expires the calls whose deadline has passed, ten times a second, until the task is cancelled.
    func enforceDeadlines() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            sendAway()
        }
    }

    /// Throws when the latest contact failed.
    func checkContact() throws(StoreError) {
        guard !isAway.load(ordering: .relaxed) else {
            throw StoreError(.unavailable, "the database cannot be reached at the moment")
        }
    }

    /// Runs one operation; refuses at once when the latest contact failed.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try checkContact()
        return try await call(work)
    }

    /// Runs an operation that shows whether the server can be reached.
    func probe<Value: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let value = try await call(work)
        isAway.store(false, ordering: .relaxed)
        return value
    }

    /// Runs an operation for as long as it takes.
    func runPatiently<Value: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await connection.run(work)
    }

    func close() async {
        await connection.close()
    }

    /// Has `begin` see to it that the call is answered, and left by its number; answers it by itself when that takes too
    /// long.
    func call<Value: Sendable>(
        _ begin: (PendingCall<Value>, _ number: UInt64) -> Void
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            let call = PendingCall(continuation)
            let number = enter {
                call.answer(.failure(StoreError(.unavailable, "the database did not answer in time")))
            }
            begin(call, number)
        }
        do {
            return try result.get()
        } catch {
            if error.code == .unavailable { isAway.store(true, ordering: .relaxed) }
            throw error
        }
    }

    /// Runs one operation on a thread of the connection and hands its result to `done`, unless nobody wants it any more
    /// when its turn comes.
    func submit<Value: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Value,
        isWanted: @escaping @Sendable () -> Bool,
        done: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        connection.submit(work, isWanted: isWanted, done: done)
    }

    /// Notes that a call was answered.
    func leave(_ number: UInt64) {
        _ = waiting.withLock { $0.entries.removeValue(forKey: number) }
    }

    private func call<Value: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await call { call, number in
            submit(work, isWanted: { call.isWaiting }) { [weak self] result in
                self?.leave(number)
                call.answer(result)
            }
        }
    }

    private func enter(_ giveUp: @escaping @Sendable () -> Void) -> UInt64 {
        waiting.withLock { waiting in
            waiting.last += 1
            waiting.entries[waiting.last] = Entry(deadline: .now() + Self.deadline, giveUp: giveUp)
            return waiting.last
        }
    }

    private func sendAway() {
        let now = DispatchTime.now()
        let late = waiting.withLock { waiting in
            let late = waiting.entries.filter { $0.value.deadline <= now }
            for number in late.keys { waiting.entries[number] = nil }
            return late
        }
        for entry in late.values { entry.giveUp() }
    }
}

/// A caller that waits for the result of an operation, until there is one or its deadline has passed.
final class PendingCall<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<Value, StoreError>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Value, StoreError>, Never>) {
        self.continuation = Mutex(continuation)
    }

    /// Whether nobody has answered yet.
    var isWaiting: Bool { continuation.withLock { $0 != nil } }

    /// Answers; only the first answer counts.
    func answer(_ result: Result<Value, StoreError>) {
        let continuation = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        continuation?.resume(returning: result)
    }
}
