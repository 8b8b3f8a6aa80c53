// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import MongoStore
package import Shared

/// Documents as they are, and commands that no port has.
extension MongoSchedulerStore {
    /// Inserts a document unchecked, in the place of one with the same `_id`.
    package func putRaw(_ document: BSONFields, in collection: String) async throws(StoreError) {
        let id = document["_id"] ?? .null
        try await runRaw(["delete": .string(collection), "deletes": [["q": ["_id": id], "limit": 1]]])
        try await runRaw(["insert": .string(collection), "documents": [.document(document)]])
    }

    /// Reads documents unchecked, as many as fit into one answer.
    package func rawDocuments(in collection: String, _ filter: BSONFields) async throws(StoreError) -> [BSONFields] {
        let reply = try await readRaw([
            "find": .string(collection), "filter": .document(filter), "batchSize": 1_000_000, "singleBatch": true,
        ])
        return (reply["cursor"]?.fields?["firstBatch"]?.elements ?? []).compactMap(\.fields)
    }

    /// Runs a command that reads in the database of the store.
    package func readRaw(_ command: BSONFields) async throws(StoreError) -> BSONFields {
        try await connection.run { client throws(StoreError) in try client.read(command) }
    }

    /// Runs a command that writes in the database of the store; a refused write is an error, too.
    @discardableResult
    package func runRaw(_ command: BSONFields) async throws(StoreError) -> BSONFields {
        try await connection.run { client throws(StoreError) in
            let reply: BSONFields
            do throws(DriverFailure) { reply = try client.write(command) } catch { throw error.storeError }
            if let errors = reply["writeErrors"] { throw StoreError(.rejected, "\(errors)") }
            return reply
        }
    }

    /// Deletes the whole database of the store.
    package func dropDatabase() async throws(StoreError) {
        try await runRaw(["dropDatabase": 1])
    }
}
