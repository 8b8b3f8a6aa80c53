// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

/// The API's store in a MongoDB database (4.4.2 or newer).
///
/// Safe to use from any task. ``close()`` must be called at the end.
package final class MongoAdminStore: AdminStore {
    let connection: BoundedConnection
    /// Whether it was seen that nobody is filling the database.
    private let hasBeenOpen = StopSignal()
    let unreadableRuns: UnreadableRuns
    let readings: GatheredOperation<JobReading, JobRecord?>
    let creations: GatheredOperation<Job, JobCreation>

    /// Prepares the connections without opening one.
    ///
    /// A connection string that cannot be used is a rejection whose text does not repeat it.
    package init(
        connectionString: String, databaseName: String, applicationName: String, logger: Logger
    ) throws(StoreError) {
        let connection = BoundedConnection(
            try MongoConnection(
                connectionString: connectionString, databaseName: databaseName, applicationName: applicationName,
                failsFast: true, logger: logger))
        self.connection = connection
        unreadableRuns = UnreadableRuns(logger: logger)
        readings = GatheredOperation(on: connection, mostRounds: 1, largestRound: 64, work: Self.read)
        creations = GatheredOperation(on: connection, mostRounds: 2, largestRound: 64, work: Self.create)
    }

    package func probe() async throws(StoreError) -> Timestamp {
        try await connection.probe { [hasBeenOpen] client throws(StoreError) in
            if !hasBeenOpen.isRaised {
                try IntakeMark.checkIsAbsent(client)
                hasBeenOpen.raise()
            }
            return try client.serverTime()
        }
    }

    package func prepare() async throws(StoreError) {
        try await connection.runPatiently { client throws(StoreError) in try RequiredIndex.createAll(client) }
    }

    package func enforceDeadlines() async {
        await connection.enforceDeadlines()
    }

    package func close() async {
        await connection.close()
    }
}
