// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Hummingbird
package import OIDC
package import Shared

/// One request on its way to a controller: who asks, and what for.
package struct APICall: Sendable {
    /// What is asked.
    package let operation: Operation
    /// The segments of the path that vary.
    package let values: [String]
    /// Who asks; `nil` where no token is asked for.
    package let principal: Principal?
    /// The request itself.
    package let request: Request
    /// The connection that it came over.
    package let context: APIContext

    package init(
        operation: Operation, values: [String], principal: Principal?, request: Request, context: APIContext
    ) {
        self.operation = operation
        self.values = values
        self.principal = principal
        self.request = request
        self.context = context
    }

    /// The query, not decoded; empty when there is none.
    package var query: Substring {
        let path = request.head.path ?? ""
        guard let mark = path.utf8.firstIndex(of: UInt8(ascii: "?")) else { return "" }
        return path[path.index(after: mark)...]
    }

    /// The job that the path names.
    ///
    /// - Throws: 404 for what cannot be the name of a job, too: there is none.
    package func jobName() throws(Problem) -> JobName {
        guard let text = values.first, let name = try? JobName(text) else { throw .noJob }
        return name
    }

    /// The run that the path names; 404 for what is no id.
    package func runID() throws(Problem) -> RunID {
        guard let text = values.first, let id = Identifier(hex: text) else { throw .noRun }
        return RunID(id)
    }

    /// The value of a header that may stand at most once.
    package func header(_ name: HTTPField.Name) throws(Problem) -> String? {
        let values = request.headers[values: name]
        guard values.count < 2 else { throw .malformed("there is more than one \(name.canonicalName) header") }
        return values.first
    }
}
