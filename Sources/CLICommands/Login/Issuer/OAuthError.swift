// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An error as the issuer says it (RFC 6749, sections 4.1.2.1 and 5.2), safe to print.
struct OAuthError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Such as `invalid_grant`.
    let code: String
    /// What it adds for people.
    let detail: String?
    /// Whether the issuer itself has named it, and not only a status.
    var isNamed: Bool { !code.hasPrefix("status ") }

    init(code: String, detail: String? = nil) {
        self.code = code
        self.detail = detail.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads an answer that is no success; one that says nothing is named by its status.
    init(_ answer: IssuerTransport.Answer) {
        guard let members = JSONReader.object(answer.body), case .string(let code)? = members["error"] else {
            self.init(code: "status \(answer.status)")
            return
        }
        guard case .string(let detail)? = members["error_description"] else {
            self.init(code: code)
            return
        }
        self.init(code: code, detail: detail)
    }

    var description: String {
        let name = shown(code, quoted: false)
        return detail.map { "\(name) (\(shown($0, quoted: false)))" } ?? name
    }
}
