// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared
import Synchronization

/// The pool of connections, opened by the first operation: the driver looks up the hosts of a `mongodb+srv` address
/// already when it opens the pool, and a name service may be away for a while like any other server.
final class LatePool: Sendable {
    // Never changed after `init`; opening a pool only copies it.
    private nonisolated(unsafe) let uri: ConnectionURI
    private let databaseName: String
    private let opened = Mutex<MongoClientPool?>(nil)

    init(_ uri: consuming ConnectionURI, databaseName: String) {
        unsafe self.uri = uri
        self.databaseName = databaseName
    }

    /// Lends a connection to `body`, which runs on the calling thread and blocks it.
    func withClient<Result>(_ body: (MongoClient) throws(StoreError) -> Result) throws(StoreError) -> Result {
        try pool().withClient(body)
    }

    /// Whoever comes while another one opens the pool waits for it.
    private func pool() throws(StoreError) -> MongoClientPool {
        try opened.withLock { opened throws(StoreError) in
            if let opened { return opened }
            let pool = try unsafe MongoClientPool(uri, databaseName: databaseName)
            opened = pool
            return pool
        }
    }
}
