// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What is declared as a whole, and refused as a whole.
enum TopologySubject: Hashable {
    case deadLetterQueue
    case controlExchange
    case job(JobName)

    var declarations: [TopologyDeclaration] {
        switch self {
        case .deadLetterQueue: [.ownQueue(Topology.deadLetterQueue)]
        case .controlExchange: [.fanoutExchange(Topology.controlExchange)]
        case .job(let name): Topology.declarations(of: name)
        }
    }
}
