// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What is declared as a whole, and refused as a whole.
enum TopologySubject: Hashable {
    case deadLetterQueue
    case controlExchange
    case job(JobName)

    /// Whether one of its objects has one of these names.
    func isNamed(in names: Set<String>) -> Bool {
        guard case .job(let job) = self else { return false }
        return !names.isDisjoint(with: Topology.names(of: job))
    }

    var declarations: [TopologyDeclaration] {
        switch self {
        case .deadLetterQueue: [.ownQueue(Topology.deadLetterQueue)]
        case .controlExchange: [.fanoutExchange(Topology.controlExchange)]
        case .job(let name): Topology.declarations(of: name)
        }
    }
}
