// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What is known to be declared: both connections fill it, so that neither repeats the other's work.
///
/// Emptied whenever one of the two connects again: the broker may have lost its objects, or be another one.
final class DeclaredTopology: Sendable {
    private let subjects = Mutex<Set<TopologySubject>>([])

    func contains(_ subject: TopologySubject) -> Bool {
        subjects.withLock { $0.contains(subject) }
    }

    func insert(_ subject: TopologySubject) {
        subjects.withLock { _ = $0.insert(subject) }
    }

    func remove(_ subject: TopologySubject) {
        subjects.withLock { _ = $0.remove(subject) }
    }

    func removeAll() {
        subjects.withLock { $0.removeAll() }
    }
}
