// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import CryptoExtras

/// Checks signatures with swift-crypto, for the tokens that libjwt refuses to read: by their `typ`, or by a number in them.
enum CryptoVerifier {
    /// Whether the signature is good; blocks for the time of the computation.
    static func isValid(_ token: CompactToken, key: VerificationKey) -> Bool {
        switch (key.material, token.header.algorithm) {
        case (.rsa(let key), .rs256):
            key.accepts(token.signature, SHA256.hash(data: token.signedText))
        case (.rsa(let key), .rs384):
            key.accepts(token.signature, SHA384.hash(data: token.signedText))
        case (.rsa(let key), .rs512):
            key.accepts(token.signature, SHA512.hash(data: token.signedText))
        case (.p256(let key), .es256):
            (try? P256.Signing.ECDSASignature(rawRepresentation: token.signature))
                .map { key.isValidSignature($0, for: SHA256.hash(data: token.signedText)) } ?? false
        case (.p384(let key), .es384):
            (try? P384.Signing.ECDSASignature(rawRepresentation: token.signature))
                .map { key.isValidSignature($0, for: SHA384.hash(data: token.signedText)) } ?? false
        case (.p521(let key), .es512):
            (try? P521.Signing.ECDSASignature(rawRepresentation: token.signature))
                .map { key.isValidSignature($0, for: SHA512.hash(data: token.signedText)) } ?? false
        default:
            false
        }
    }
}

extension _RSA.Signing.PublicKey {
    fileprivate func accepts(_ signature: [UInt8], _ digest: some Digest) -> Bool {
        isValidSignature(.init(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
    }
}
