// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

/// The driver's pool of connections; owns its `mongoc_client_pool_t`.
///
/// Safe from any thread while somebody holds it: only its end is not thread-safe, and a `deinit` runs once, when nobody
/// holds it any more.
@safe
final class MongoClientPool: Sendable {
    // Never changed after `init`, and libmongoc's manual names popping and pushing as thread-safe.
    private nonisolated(unsafe) let pointer: OpaquePointer
    private let databaseName: String

    /// Opens no connection yet, but looks up the host list of a `mongodb+srv` address.
    init(_ uri: borrowing ConnectionURI, databaseName: String) throws(StoreError) {
        var error = bson_error_t()
        guard let pool = unsafe uri.withPointer({ unsafe mongoc_client_pool_new_with_error($0, &error) }) else {
            throw StoreError(error, doing: "opening the connection pool")
        }
        unsafe mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
        unsafe pointer = pool
        self.databaseName = databaseName
    }

    deinit {
        unsafe mongoc_client_pool_destroy(pointer)
    }

    /// Lends a connection to `body`, which runs on the calling thread and blocks it.
    func withClient<Result>(
        _ body: (MongoClient) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard let client = unsafe mongoc_client_pool_pop(pointer) else {
            throw StoreError(.unavailable, "no connection of the pool became free in time")
        }
        defer { unsafe mongoc_client_pool_push(pointer, client) }
        return try body(unsafe MongoClient(client, databaseName: databaseName))
    }
}
