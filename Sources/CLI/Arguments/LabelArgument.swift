// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A label on the command line: `key=value`.
struct LabelArgument: ExpressibleByArgument, Sendable {
    let key: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, JobLabel.isKey(parts[0]), JobLabel.isValue(parts[1]) else { return nil }
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
