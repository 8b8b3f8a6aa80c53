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

/// Why the server refused one write of a bulk.
///
/// Only the number is kept: the server's text quotes what it refused, which may be a payload.
struct WriteFailure: Sendable {
    let code: UInt32

    static let duplicateKeyCode: UInt32 = 11000

    /// Whether the same write may succeed later.
    var mayPass: Bool { StoreError.code(ofServerError: code).isRetriable }

    /// One line for a log.
    var reason: String {
        let name =
            switch code {
            case 2: "bad value"
            case 9: "failed to parse"
            case 15: "nested too deeply"
            case 17, 10334, 17280, 17419, 17420: "the document would be larger than 16 MiB"
            case 28: "path not viable"
            case 52: "a field name with $ at a place where it is not allowed"
            case 54, 55, 56, 57: "a field name that is not allowed"
            case 121: "the collection's validation rules"
            case Self.duplicateKeyCode: "a unique index"
            default: "see MongoDB's list of error codes"
            }
        return "refused by the server: \(name) (code \(code))"
    }
}
