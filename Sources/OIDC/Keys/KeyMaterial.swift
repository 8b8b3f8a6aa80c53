// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import CryptoExtras

/// A public key of a kind that we accept.
enum KeyMaterial: Sendable {
    case rsa(_RSA.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)

    /// The algorithms that it can be used with: any of RSA's, the one of the curve.
    var algorithms: Set<SignatureAlgorithm> {
        switch self {
        case .rsa: [.rs256, .rs384, .rs512]
        case .p256: [.es256]
        case .p384: [.es384]
        case .p521: [.es512]
        }
    }

    /// SubjectPublicKeyInfo as text, which is what libjwt reads.
    var pem: String {
        switch self {
        case .rsa(let key): key.pemRepresentation
        case .p256(let key): key.pemRepresentation
        case .p384(let key): key.pemRepresentation
        case .p521(let key): key.pemRepresentation
        }
    }

    /// How long an RSA signature is, in bytes.
    var modulusLength: Int? {
        guard case .rsa(let key) = self else { return nil }
        return (key.keySizeInBits + 7) / 8
    }
}
