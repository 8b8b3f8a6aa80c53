// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The header of a token, as far as it is heeded.
///
/// `jku`, `x5u`, `jwk` and `x5c` are not: keys come from the issuer alone.
struct TokenHeader: Hashable, Sendable {
    let algorithm: SignatureAlgorithm
    let keyID: String?
    let kind: TokenKind

    /// The longest key id that we look up, in bytes.
    static let maximumKeyIDLength = 256

    init(_ json: [UInt8]) throws(TokenError) {
        let members = try TokenJSON.members(json, of: "header")
        guard case .string(let name)? = members["alg"] else { throw .malformed("the header has no alg") }
        guard let algorithm = SignatureAlgorithm.allCases.first(where: { $0.rawValue.isSameText(as: name) }) else {
            throw .unsupportedAlgorithm
        }
        guard members["crit"] == nil, members["b64"] == nil else {
            throw .malformed("the header has extensions that must be understood")
        }
        switch members["kid"] {
        case nil, .null?: keyID = nil
        case .string(let id)? where (1...Self.maximumKeyIDLength).contains(id.utf8.count): keyID = id
        default: throw .malformed("kid is not a text of up to \(Self.maximumKeyIDLength) bytes")
        }
        let type: String?
        switch members["typ"] {
        case nil: type = nil
        case .string(let text)?: type = text
        default: throw .malformed("typ is not a text")
        }
        guard let kind = TokenKind(type: type) else {
            throw .wrongKind("its header has a typ that is neither JWT nor at+jwt")
        }
        self.kind = kind
        self.algorithm = algorithm
    }
}
