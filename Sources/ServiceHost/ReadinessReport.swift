// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// The body of `/readyz`: ready when every check is.
package struct ReadinessReport: Hashable, Sendable {
    /// Whether all checks are well.
    package let isReady: Bool
    /// `{"status":"ready"|"not ready","checks":{name:{"ok":bool,"detail":"…"}}}`, keys sorted.
    package let json: String

    /// Words the checks; of two with one name the first counts for the body, both for the status.
    package init(_ checks: [ReadinessCheck]) {
        isReady = checks.allSatisfy(\.isOK)
        let shown = Dictionary(checks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let members = shown.values.sorted { $0.name < $1.name }.map {
            "\(EscapedText.quoted($0.name)):{\"detail\":\(EscapedText.quoted($0.detail)),\"ok\":\($0.isOK)}"
        }
        let status = isReady ? "ready" : "not ready"
        json = "{\"checks\":{\(members.joined(separator: ","))},\"status\":\"\(status)\"}"
    }
}
