// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Logging
package import Shared
import Synchronization

extension MongoSchedulerStore {
    package func prepare() async throws(StoreError) {
        let isStandalone = try await connection.run { client throws(StoreError) in
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
