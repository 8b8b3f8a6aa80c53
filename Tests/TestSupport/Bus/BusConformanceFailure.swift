// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A bus does not do what ``SchedulerBus`` promises.
package struct BusConformanceFailure: Error, CustomStringConvertible {
    /// What was expected, and what was seen.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// Throws unless the condition comes true within a few hundred tries; what is tried gives the others their turn.
    static func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            await Task.yield()
        }
        throw BusConformanceFailure("never: \(what)")
    }

    /// Throws unless both are equal.
    static func expect<Value: Equatable>(
        _ seen: Value, _ expected: Value, _ what: String, line: UInt = #line
    ) throws {
        guard seen == expected else {
            throw BusConformanceFailure("line \(line): \(what): expected \(expected), saw \(seen)")
        }
    }
}
