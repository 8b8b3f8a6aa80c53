// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// `application/x-www-form-urlencoded`, for bodies and for queries.
enum FormEncoding {
    static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(PercentText.encode($0.name))=\(PercentText.encode($0.value))" }.joined(separator: "&")
    }

    /// The fields; `nil` when the text is not such a form, or a name is duplicated in it (RFC 6749, section 3.1).
    static func decode(_ text: some StringProtocol) -> [String: String]? {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentText.decode(parts[0].utf8, plusIsSpace: true),
                let value = PercentText.decode((parts.count > 1 ? parts[1] : "").utf8, plusIsSpace: true),
                fields.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return fields
    }
}
