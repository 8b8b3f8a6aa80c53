// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import CryptoExtras

/// Keys that take time to make, made once.
enum TestKeys {
    static let rsa = rsaKey("rsa")
    static let pinned = rsaKey("pinned")
    static let attacker = rsaKey("rsa")
    static let p256 = SigningKey("p256", .p256(.init()))
    static let p384 = SigningKey("p384", .p384(.init()))
    static let p521 = SigningKey("p521", .p521(.init()))

    static func rsaKey(_ id: String?) -> SigningKey {
        do {
            return SigningKey(id, .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048)))
        } catch {
            preconditionFailure("no RSA key: \(error)")
        }
    }

    /// A key set as the test issuer publishes it: one RSA key for any RS algorithm, one for RS256 only, three EC keys.
    static func keySet() throws -> String {
        keySet(of: [
            try rsa.jwk(["use": "sig"]), try pinned.jwk(["alg": "RS256"]), try p256.jwk(), try p384.jwk(),
            try p521.jwk(["alg": "ES512"]),
        ])
    }

    static func keySet(of keys: [String]) -> String {
        "{\"keys\":[\(keys.joined(separator: ","))]}"
    }
}
