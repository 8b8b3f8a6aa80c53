// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The internal field `labelPairs`: the labels of a job as texts `key=value`.
///
/// They have an index where `labels` itself cannot have one, because MongoDB takes a dot in a key for a path (docs/adr/0011).
/// Who writes `labels` here writes it, too; for documents that others wrote, ``mend(_:_:)`` makes it good.
enum LabelPairs {
    static let field = "labelPairs"
    /// The name of the index.
    static let index = "label_pairs"

    /// `labels` as an array of `{k, v}`; empty when it is no document.
    private static let stored: BSONValue = [
        "$cond": [["$eq": [["$type": "$labels"], "object"]], ["$objectToArray": "$labels"], .array([])]
    ]

    /// The value of the field; `nil` = there is none.
    static func value(of labels: [String: String]) -> BSONValue? {
        labels.isEmpty ? nil : .array(texts(of: labels).sorted().map { .string($0) })
    }

    /// Adds conditions for labels with a dot in their keys; does nothing without any.
    ///
    /// Documents without the field are looked at, too: they may have been made by hand a moment ago. Whatever the index
    /// finds is compared with `labels` itself. Each label has its condition, so that the server can go by the rarest.
    static func append(_ labels: [String: String], to filter: inout BSONFields) {
        guard !labels.isEmpty else { return }
        let sorted = labels.sorted { $0.key < $1.key }
        filter.append("labels", ["$exists": true])
        let pairs = sorted.map { key, value -> BSONValue in
            .document([field: ["$in": [.string("\(key)=\(value)"), .null]]])
        }
        filter.append("$and", .array(pairs))
        let conditions = sorted.map { key, value -> BSONValue in
            ["$in": [["$literal": ["k": .string(key), "v": .string(value)]], stored]]
        }
        filter.append("$expr", ["$and": .array(conditions)])
    }

    /// Whether the field of a document, or its absence, does not fit its labels.
    static func isStale(_ value: BSONValue?, for labels: [String: String]) -> Bool {
        guard case .array(let pairs)? = value else { return value != nil || !labels.isEmpty }
        return labels.isEmpty || pairs.count != labels.count
            || Set(pairs) != Set(texts(of: labels).map { .string($0) })
    }

    /// Writes the field anew, from what `labels` is at that moment.
    static func mend(_ names: [JobName], _ client: MongoClient) throws(StoreError) {
        let texts: BSONValue = ["$map": ["input": stored, "in": ["$concat": ["$$this.k", "=", "$$this.v"]]]]
        let mended: BSONValue = ["$cond": [["$eq": [stored, .array([])]], "$$REMOVE", texts]]
        let update = try BSONBuffer.encoded(pipeline: [["$set": .document([field: mended])]])
        _ = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
            for name in names { try bulk.updateOne(.encoded(["_id": .string(name.text)]), update) }
        }
    }

    private static func texts(of labels: [String: String]) -> [String] {
        labels.map { "\($0.key)=\($0.value)" }
    }
}
