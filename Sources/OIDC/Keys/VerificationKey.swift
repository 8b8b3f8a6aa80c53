// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A key of the issuer; equal when it is the same key for the same use.
struct VerificationKey: Hashable, Sendable {
    /// `kid`; a key without may be meant by any token that names no other.
    let id: String?
    let material: KeyMaterial
    /// What it is for: what its kind allows, or the one algorithm that the issuer names.
    let algorithms: Set<SignatureAlgorithm>
    /// Made once: turning a key into text costs about as much as checking a signature.
    let pem: [UInt8]

    init(id: String?, material: KeyMaterial, algorithms: Set<SignatureAlgorithm>) {
        self.id = id
        self.material = material
        self.algorithms = algorithms
        pem = Array(material.pem.utf8)
    }

    /// Whether the token says it was signed with an algorithm of this key, and its signature is as long as that needs.
    func fits(_ token: CompactToken) -> Bool {
        algorithms.contains(token.header.algorithm)
            && token.signature.count == token.header.algorithm.signatureLength ?? material.modulusLength
    }

    /// Whether the token is one of this key's, by its algorithm and its signature.
    func hasMade(_ token: CompactToken) -> Bool { fits(token) && hasSigned(token) }

    /// Whether the signature is this key's; the token must fit.
    func hasSigned(_ token: CompactToken) -> Bool {
        switch token.header.kind {
        case .plain:
            LibJWTVerifier.isValid(token, key: self)
                || !LibJWTVerifier.canRead(token) && CryptoVerifier.isValid(token, key: self)
        case .accessToken: CryptoVerifier.isValid(token, key: self)
        }
    }

    static func == (left: VerificationKey, right: VerificationKey) -> Bool {
        left.id == right.id && left.algorithms == right.algorithms && left.pem == right.pem
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(pem)
    }
}
