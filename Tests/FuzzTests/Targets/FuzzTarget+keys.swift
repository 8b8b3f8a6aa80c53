// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

@testable import OIDC

extension FuzzTarget {
    private static let issuer = IssuerURL("https://login.example")

    /// What an OpenID provider sends: its key set, its discovery document, a `Cache-Control`.
    static func runKeys(_ bytes: [UInt8]) {
        if let set = try? KeySet(bytes) {
            precondition(set.keys.count <= KeySet.maximumCount, "too many keys")
            precondition(set.keys.allSatisfy { !$0.algorithms.isEmpty && !$0.pem.isEmpty }, "a key of no use")
        }
        if let issuer { _ = try? ProviderMetadata(bytes, of: issuer) }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = MaximumAge.parse(text.split(separator: ","))
    }
}
