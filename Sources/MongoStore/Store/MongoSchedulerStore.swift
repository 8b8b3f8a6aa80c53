// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared
import Synchronization

/// The store in a MongoDB database (4.4.2 or newer): what Schedulers and Custodians need of it.
///
/// Safe to use from any task. Each verb is one blocking operation on a bounded set of threads; it is not cancelled with
/// its task. Where the connection string says nothing it ends after 35 s at the latest: 10 s for an answer, 15 s to find a
/// primary again, 10 s for the driver's second try. ``close()`` must be called at the end.
package final class MongoSchedulerStore: SchedulerStore, SteppedSlotLedger, Housekeeping {
    /// The way to the server, for what no verb does.
    package let connection: MongoConnection
    let unreadableRuns: UnreadableRuns
    let decodedJobs = DecodedJobs()
    let logger: Logger
    let hasWarnedOfStandalone = Atomic(false)

    /// Prepares the connections without opening one; an unreachable server shows at the first verb.
    ///
    /// `applicationName` is what `db.currentOp()` shows. Messages of the driver go to `logger`. A connection string that
    /// cannot be used is a rejection whose text does not repeat it.
    package init(
        connectionString: String, databaseName: String, applicationName: String, logger: Logger
    ) throws(StoreError) {
        connection = try MongoConnection(
            connectionString: connectionString, databaseName: databaseName, applicationName: applicationName,
            logger: logger)
        unreadableRuns = UnreadableRuns(logger: logger)
        self.logger = logger
    }

    /// Ends the connections after the operations that run; every later verb is refused.
    ///
    /// A second call does nothing.
    package func close() async {
        await connection.close()
    }

    package func prepare() async throws(StoreError) {
        let isStandalone = try await connection.run { client throws(StoreError) in
            try IntakeMark.checkIsAbsent(client)
            try RequiredIndex.createAll(client)
            let server = try client.read(["hello": 1], on: "admin")
            return server["setName"] == nil && server["msg"] == nil
        }
        if isStandalone && !hasWarnedOfStandalone.exchange(true, ordering: .relaxed) {
            logger.warning(
                """
                the MongoDB server is a standalone: writes are not retried by the driver, and a majority is one server; \
                use a replica set
                """)
        }
    }
}
