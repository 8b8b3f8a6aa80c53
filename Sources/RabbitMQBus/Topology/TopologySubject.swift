// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What is declared as a whole, and refused as a whole.
enum TopologySubject: Hashable {
    case deadLetterQueue
    case controlExchange
    case workers(WorkerAddress)
    /// A topic exchange of ours that others bind their queues to.
    case events(String)
    /// Somebody else's, of which nothing is declared.
    case exchange(String)

    /// Whether one of its objects has one of these names.
    func isNamed(in names: Set<String>) -> Bool {
        switch self {
        case .workers(let workers): !names.isDisjoint(with: Topology.names(of: workers))
        case .exchange(let name), .events(let name): names.contains(name)
        case .deadLetterQueue, .controlExchange: false
        }
    }

    var declarations: [TopologyDeclaration] {
        switch self {
        case .deadLetterQueue: [.ownQueue(Topology.deadLetterQueue)]
        case .controlExchange: [.fanoutExchange(Topology.controlExchange)]
        case .workers(let workers): Topology.declarations(of: workers)
        case .events(let name): [.topicExchange(name)]
        case .exchange: []
        }
    }
}

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
