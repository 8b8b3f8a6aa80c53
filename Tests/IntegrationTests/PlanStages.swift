// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import MongoTestSupport

/// The names of a query plan's stages and of the indexes that they use.
struct PlanStages: CustomStringConvertible {
    private(set) var names: Set<String> = []
    private(set) var indexes: Set<String> = []

    /// Reads a plan as `explain` gives it.
    init(_ plan: BSONValue) {
        visit(plan)
    }

    var description: String { "\(names.sorted()) by \(indexes.sorted())" }

    private mutating func visit(_ value: BSONValue) {
        switch value {
        case .document(let fields):
            if case .string(let name) = fields["stage"] { names.insert(name) }
            if case .string(let name) = fields["indexName"] { indexes.insert(name) }
            for element in fields.elements where element.name != "rejectedPlans" { visit(element.value) }
        case .array(let values): for value in values { visit(value) }
        default: break
        }
    }
}
