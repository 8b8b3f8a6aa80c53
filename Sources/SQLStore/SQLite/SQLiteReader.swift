// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Dispatch
import Shared
import Synchronization

/// A connection that only reads, and the queue that alone uses it.
///
/// What it reads is the state of one moment, and includes every write that was answered before.
final class SQLiteReader: Sendable {
    private let place: ConnectionPlace
    private let queue: DispatchQueue

    init(_ connection: sending SQLiteConnection, name: String) {
        place = ConnectionPlace(connection)
        queue = DispatchQueue(label: name)
    }

    /// Reads after those who came before; `work` runs on the connection's thread.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            queue.async { [place] in
                continuation.resume(
                    returning: Result { () throws(StoreError) in
                        try place.with { connection throws(StoreError) in
                            try connection.execute("BEGIN")
                            defer { _ = try? connection.execute("ROLLBACK") }
                            return try work(connection)
                        }
                    })
            }
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
}

/// Where a connection is kept between the pieces of work of one queue.
///
/// Unchecked, because nothing but the queue of its owner touches it after the beginning.
final class ConnectionPlace: @unchecked Sendable {
    var connection: SQLiteConnection?

    init(_ connection: sending SQLiteConnection) {
        self.connection = connection
    }

    func with<Value>(_ body: (SQLiteConnection) throws(StoreError) -> Value) throws(StoreError) -> Value {
        guard let connection else { throw StoreError(.unavailable, "the store is closed") }
        return try body(connection)
    }
}
