// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What one sweep has unlocked: how many, and the names of the first.
package struct UnlockedJobs: Hashable, Sendable {
    /// The most names that are kept.
    package static let namesKept = ControlHint.maximumJobs

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

    /// What to tell the Schedulers: the names, or that there were many; `nil` when there is no job to hint at, since no
    /// name is legal.
    package var hint: ControlHint? {
        guard count <= Self.namesKept else { return .jobsUnlocked }
        let jobs = names.compactMap { try? JobName($0) }
        return jobs.isEmpty ? nil : .jobsChanged(jobs)
    }
}
