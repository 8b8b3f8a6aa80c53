// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import NIOPosix
package import Shared

/// The door to the database: a pool of connections, and a bounded set of threads on which its blocking calls run.
///
/// There are never more threads than connections, and no connection is held across an `await`, so nobody can wait for a
/// connection that waits for its own caller. Calls are not cancelled with their task: a cancelled task must still be able to
/// unlock its jobs, and each call is bounded by the time limits of the connection string.
package final class MongoConnection: Sendable {
    /// The most operations at a time.
    private static let maximumThreads = 8
    /// The same where many callers wait: enough of them for the server to commit several writes with one flush.
    private static let maximumFailFastThreads = 16

    private let pool: LatePool
    private let threads: NIOThreadPool

    /// `failsFast` is for programs whose callers wait for each answer: short time limits, and more threads.
    init(
        connectionString: String, databaseName: String, applicationName: String, failsFast: Bool = false, logger: Logger
    ) throws(StoreError) {
        MongoRuntime.start(logger: logger)
        guard Self.isValidDatabaseName(databaseName) else {
            throw StoreError(
                .rejected, "the database name must have 1 to 63 bytes, none of them / \\ . \" $ * < > : | ? or space")
        }
        let uri = try ConnectionURI(
            connectionString, applicationName: applicationName,
            defaults: failsFast ? ConnectionURI.failFastDefaults : ConnectionURI.defaults)
        let threadCount = max(
            1, min(failsFast ? Self.maximumFailFastThreads : Self.maximumThreads, uri.maximumPoolSize))
        pool = LatePool(uri, databaseName: databaseName)
        threads = NIOThreadPool(numberOfThreads: threadCount)
        threads.start()
    }

    /// Runs one operation, start to end, on one thread with one connection.
    package func run<Result: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let result: Swift.Result<Result, StoreError> = await withCheckedContinuation { continuation in
            submit(work) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Runs one operation like ``run(_:)`` and hands its result to `done`, on the thread that did it.
    ///
    /// When its turn comes and nobody wants it any more, it is not begun.
    func submit<Result: Sendable>(
        _ work: @escaping @Sendable (MongoClient) throws(StoreError) -> Result,
        isWanted: @escaping @Sendable () -> Bool = { true },
        done: @escaping @Sendable (Swift.Result<Result, StoreError>) -> Void
    ) {
        threads.submit { [pool] state in
            guard case .active = state else { return done(.failure(StoreError(.unavailable, "the store is closed"))) }
            guard isWanted() else { return done(.failure(StoreError(.unavailable, "nobody waits for it any more"))) }
            done(Swift.Result { () throws(StoreError) in try pool.withClient(work) })
        }
    }

    /// Waits for the operations that run, refuses those that wait, and stops the threads.
    ///
    /// A second call does nothing.
    func close() async {
        try? await threads.shutdownGracefully()
    }

    private static func isValidDatabaseName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count) && !name.utf8.contains { "/\\. \"$*<>:|?\0".utf8.contains($0) }
    }
}
