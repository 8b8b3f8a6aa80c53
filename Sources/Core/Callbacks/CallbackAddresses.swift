// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Crypto
private import FoundationEssentials
package import Shared

/// The addresses at which receivers report after a 202 (contract, section 9): each belongs to one attempt, and whoever knows it
/// may report of that.
///
/// `{public URL}/api/callbacks/{run}.{attempt}.{code}`, where the code is an HMAC-SHA256 of run and attempt. The same
/// attempt has the same address however often it is sent.
package struct CallbackAddresses: Sendable {
    /// What it comes under, on the API's port.
    package static let path = "/api/callbacks/"

    private let base: String
    private let key: SymmetricKey

    /// `publicURL` has no slash at its end.
    package init(_ publicURL: String, _ key: CallbackKey) {
        base = publicURL + Self.path
        self.key = SymmetricKey(data: Data(key.hex.secretText.utf8))
    }

    /// Where the receiver of this attempt reports: what follows is `/status` or `/heartbeat`.
    package func address(of run: RunID, attempt: Int) -> Secret {
        let name = "\(run).\(attempt)"
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(name), using: key)
        return Secret("\(base)\(name).\(Base64URL.encode(Array(code)))")
    }

    /// The attempt that an address belongs to, read from the last part of its path; `nil` when we have made no such address.
    package func attempt(_ part: String) -> (run: RunID, attempt: Int)? {
        let parts = part.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let code = Base64URL.decode(parts[2].utf8),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Self.signed("\(parts[0]).\(parts[1])"), using: key),
            let id = Identifier(hex: String(parts[0])), let attempt = Int(parts[1])
        else { return nil }
        return (RunID(id), attempt)
    }

    private static func signed(_ name: String) -> Data { Data("callback.\(name)".utf8) }
}
