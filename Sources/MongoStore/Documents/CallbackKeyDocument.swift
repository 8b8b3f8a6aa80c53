// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The document of `keys`: what callback addresses are made with.
enum CallbackKeyDocument {
    private static let filter: BSONFields = ["_id": "callback"]

    /// The stored key, or `fresh`, which is stored then; the first of several callers wins.
    static func key(orElse fresh: CallbackKey, _ client: MongoClient) throws(StoreError) -> CallbackKey {
        if let key = try find(client) { return key }
        let change: BSONFields = ["$setOnInsert": ["key": .string(fresh.hex.secretText)]]
        let report = try client.upsertOne(in: CollectionName.keys, filter, change)
        if let failure = report.failures[0], failure.code != WriteFailure.duplicateKeyCode {
            throw StoreError(.rejected, failure.reason)
        }
        guard let key = try find(client) else {
            throw StoreError(.unavailable, "the key of callback addresses was removed as soon as it was stored")
        }
        return key
    }

    /// Puts a key in the place of what is there.
    static func replace(by key: CallbackKey, _ client: MongoClient) throws(StoreError) {
        let change: BSONFields = ["$set": ["key": .string(key.hex.secretText)]]
        let report = try client.upsertOne(in: CollectionName.keys, filter, change)
        if let failure = report.failures[0] { throw StoreError(.rejected, failure.reason) }
    }

    private static func find(_ client: MongoClient) throws(StoreError) -> CallbackKey? {
        let found = try client.find(in: CollectionName.keys, filter, limit: 1) { reader -> String? in
            if case .string(let text) = reader.fields()["key"] { text } else { "" }
        }
        guard let text = found.first else { return nil }
        guard let key = CallbackKey(hex: text) else {
            throw StoreError(
                .rejected,
                "the key in the collection \(CollectionName.keys) is not 64 hexadecimal digits; "
                    + "without the document a new one is made, and no callback address of before counts")
        }
        return key
    }
}
