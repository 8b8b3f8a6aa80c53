// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads the two JSON texts of a token.
enum TokenJSON {
    /// The members of `part`, which is `header` or `payload`.
    static func members(_ json: [UInt8], of part: StaticString) throws(TokenError) -> [String: JSONValue] {
        // Of a token there is one spelling only.
        guard !json.starts(with: UTF8Text.mark) else { throw .malformed("the \(part) begins with a byte order mark") }
        let value: JSONValue
        do throws(MalformedJSON) {
            value = try JSONReader.read(json)
        } catch {
            throw .malformed("the \(part) is not strict JSON (\(error.reason))")
        }
        guard case .object(let members) = value else { throw .malformed("the \(part) is not a JSON object") }
        return members
    }
}
