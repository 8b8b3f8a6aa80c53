// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The algorithms that are accepted; nothing symmetric, and never `none`.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"

    /// How many bytes a signature has; `nil` for RSA, where it is as long as the key.
    var signatureLength: Int? {
        switch self {
        case .rs256, .rs384, .rs512: nil
        case .es256: 64
        case .es384: 96
        case .es512: 132
        }
    }
}
