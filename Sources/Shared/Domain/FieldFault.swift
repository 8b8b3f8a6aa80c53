// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One field of a document or a request that breaks a rule.
package struct FieldFault: Hashable, Sendable, CustomStringConvertible {
    /// The field's name, with the path where it lies deeper (`retryBackoff.factor`).
    package let field: String
    /// What is wrong and what was expected; shows numbers and truth values, never a text of the user's.
    package let problem: String

    package init(_ field: String, _ problem: String) {
        self.field = field
        self.problem = problem
    }

    /// A name from outside, short enough for an answer and never empty.
    package static func shown(_ name: String) -> String { name.isEmpty ? "\"\"" : String(name.prefix(64)) }

    package var description: String { "\(field): \(problem)" }
}
