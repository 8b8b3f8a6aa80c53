// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A label on the command line: `key=value`.
struct LabelArgument: Sendable {
    let key: String
    let value: String

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2 else { throw ValidationError("is not key=value") }
        guard JobLabel.isKey(parts[0]) else { throw ValidationError("its key is not \(JobLabel.keyRule)") }
        guard JobLabel.isValue(parts[1]) else { throw ValidationError("its value is not \(JobLabel.valueRule)") }
        (key, value) = (parts[0], parts[1])
    }
}

extension [LabelArgument] {
    /// As the value of the field `labels`; `nil` without any.
    func json() throws -> JSONValue? {
        guard !isEmpty else { return nil }
        var labels: [String: JSONValue] = [:]
        for label in self where labels.updateValue(.string(label.value), forKey: label.key) != nil {
            throw ValidationError("--label gives two values to the key \(label.key)")
        }
        return .object(labels)
    }

    /// As the filter of the API; `nil` without any.
    var filter: String? {
        isEmpty ? nil : map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
