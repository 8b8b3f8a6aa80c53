// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Logging
package import Shared
import Synchronization

extension MongoSchedulerStore {
    package func prepare() async throws(StoreError) {
        let isStandalone = try await connection.run { client throws(StoreError) in
            for index in RequiredIndex.all { try Self.create(index, client) }
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

    /// Does nothing when the same index is there; the server compares key and options.
    private static func create(_ index: RequiredIndex, _ client: MongoClient) throws(StoreError) {
        do {
            _ = try client.write([
                "createIndexes": .string(index.collection), "indexes": [.document(index.specification)],
            ])
        } catch {
            switch error.code {
            case 85, 86:
                throw StoreError(
                    .rejected,
                    """
                    the collection \(index.collection) has another index in the place of \(index.name); drop that one \
                    (see docs/database.md) and start again
                    """)
            case 11000:
                throw StoreError(
                    .rejected,
                    """
                    the collection \(index.collection) holds documents that the unique index \(index.name) forbids: \
                    two runs of one slot; remove all but one of each and start again
                    """)
            default: throw error.storeError
            }
        }
    }
}
