// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

// From here on as in docs/http-delivery.md; `RequestMessageTests` compares them.
import Crypto
import Foundation

/// Whether a request is from the Scheduler, and not older than five minutes.
func verify(id: String, timestamp: String, signature: String, body: Data, secrets: [String]) -> Bool {
    guard let seconds = Int(timestamp), abs(Date().timeIntervalSince1970 - Double(seconds)) < 300 else { return false }
    let signed = Data("\(id).\(timestamp).".utf8) + body
    let codes = signature.split(separator: " ").filter { $0.hasPrefix("v1,") }
        .compactMap { Data(base64Encoded: String($0.dropFirst(3))) }
    return secrets.contains { secret in
        let isKey = secret.hasPrefix("whsec_")
        guard let key = isKey ? Data(base64Encoded: String(secret.dropFirst(6))) : Data(secret.utf8), !key.isEmpty
        else { return false }
        return codes.contains {
            HMAC<SHA256>.isValidAuthenticationCode($0, authenticating: signed, using: SymmetricKey(data: key))
        }
    }
}
