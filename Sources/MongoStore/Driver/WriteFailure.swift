// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

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
