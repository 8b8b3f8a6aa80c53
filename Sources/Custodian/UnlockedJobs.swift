// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What one sweep has unlocked: how many, and the names of the first.
package struct UnlockedJobs: Hashable, Sendable {
    /// The most names that are kept, and so the most hints that are sent one by one.
    package static let namesKept = 100

    /// All of them.
    package private(set) var count = 0
    /// The names as stored, at most ``namesKept``.
    package private(set) var names: [String] = []

    /// None yet.
    package init() {}

    /// Adds what one call returned.
    package mutating func add(_ more: [String]) {
        count += more.count
        names += more.prefix(Self.namesKept - names.count)
    }

    /// What to tell the Schedulers: each name, or that there were many.
    ///
    /// Names that are not legal have no job to hint at.
    package var hints: [ControlHint] {
        guard count <= Self.namesKept else { return [.jobsUnlocked] }
        return names.compactMap { name in (try? JobName(name)).map { .jobChanged($0) } }
    }

    /// The first ten for a log line, each cut to what a legal name may have.
    package var shownNames: [String] { names.prefix(10).map { String($0.prefix(128)) } }
}
