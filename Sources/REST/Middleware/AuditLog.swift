// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import Logging
import OIDC
import Shared

/// Leaves one line for each request to change something: who, what, which object, and what became of it.
///
/// Also for requests that were refused; not for those without a usable token, where nobody is known.
struct AuditLog: Sendable {
    let logger: Logger

    func note(_ call: APICall, _ response: Response, request id: String) {
        guard call.operation.isWrite, let principal = call.principal else { return }
        let asked = call.operation.dialect == .clockMonster ? String(call.query) : nil
        let made = response.headers[.location].flatMap { $0.split(separator: "/").last.map { String($0) } }
        logger.log(
            .info, "audit",
            [
                .subject: "\(principal.subject.prefix(256))", .client: "\((principal.clientID ?? "").prefix(256))",
                .action: "\(call.operation.rawValue)",
                .object: "\((call.values.first ?? made ?? asked ?? "").prefix(128))",
                .status: "\(response.status.code)", .request: "\(id)",
            ])
    }
}
