// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What the server said about a bulk of writes.
struct BulkReport: Sendable {
    let inserted: Int
    let matched: Int
    let modified: Int
    let removed: Int
    /// The writes that were refused for themselves, by their place in the bulk.
    let failures: [Int: WriteFailure]
    /// Set when the server could not confirm that a majority has the writes: they may still be rolled back.
    let writeConcernTrouble: String?

    init(_ reply: BSONFields) {
        func count(_ name: String) -> Int { Int(reply[name]?.wholeNumber ?? 0) }
        inserted = count("nInserted")
        matched = count("nMatched")
        modified = count("nModified")
        removed = count("nRemoved")
        failures = Dictionary(
            reply.documents("writeErrors").map { failure in
                let code = UInt32(truncatingIfNeeded: failure["code"]?.wholeNumber ?? 0)
                return (Int(failure["index"]?.wholeNumber ?? -1), WriteFailure(code: code))
            }, uniquingKeysWith: { first, _ in first })
        writeConcernTrouble = reply.documents("writeConcernErrors").first.map { trouble in
            "code \(trouble["code"]?.wholeNumber ?? 0)"
        }
    }
}

extension BSONFields {
    /// The documents of an array field; none when there is no such array.
    func documents(_ name: String) -> [BSONFields] {
        guard case .array(let values) = self[name] else { return [] }
        return values.compactMap { value in
            guard case .document(let fields) = value else { return nil }
            return fields
        }
    }
}
