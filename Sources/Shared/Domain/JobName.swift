// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The name of a job: its key in the database and the stem of its AMQP objects (contract, sections 3 and 5).
package struct JobName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name itself.
    package let text: String

    /// Takes 1 to 128 of `A-Z a-z 0-9 . _ -`, the first alphanumeric, not ending like one of the job's exchanges.
    ///
    /// - Throws: ``InvalidJobName``, which says the rule that was broken.
    package init(_ text: String) throws(InvalidJobName) {
        let bytes = text.utf8
        guard (1...128).contains(bytes.count) else {
            throw InvalidJobName(reason: "must have 1 to 128 characters")
        }
        guard let first = bytes.first, first.isAlphanumeric else {
            throw InvalidJobName(reason: "must start with a letter or a digit")
        }
        guard bytes.allSatisfy({ $0.isAlphanumeric || Self.marks.contains($0) }) else {
            throw InvalidJobName(reason: "may hold only A-Z a-z 0-9 . _ -")
        }
        for suffix in [".action", ".status", ".heartbeat"] where text.hasSuffix(suffix) {
            throw InvalidJobName(reason: "must not end in \(suffix)")
        }
        self.text = text
    }

    /// For texts of our own that are known to keep the rules.
    init(trusted text: String) {
        self.text = text
    }

    package var description: String { text }

    package static func < (left: JobName, right: JobName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    private static let marks = Set("._-".utf8)
}
