// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import CryptoExtras
import Foundation

@testable import OIDC

/// A private key of the test issuer.
struct SigningKey: Sendable {
    enum Secret: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
    }

    let id: String?
    let secret: Secret

    init(_ id: String?, _ secret: Secret) {
        self.id = id
        self.secret = secret
    }

    /// The algorithm that it is for, the first one for RSA.
    var algorithm: String {
        switch secret {
        case .rsa: "RS256"
        case .p256: "ES256"
        case .p384: "ES384"
        case .p521: "ES512"
        }
    }

    func signature(of text: String, algorithm: String? = nil) throws -> [UInt8] {
        let data = Array(text.utf8)
        switch (secret, algorithm ?? self.algorithm) {
        case (.rsa(let key), "RS384"):
            return Array(try key.signature(for: SHA384.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.rsa(let key), "RS512"):
            return Array(try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.rsa(let key), _):
            return Array(try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.p256(let key), _):
            return Array(try key.signature(for: SHA256.hash(data: data)).rawRepresentation)
        case (.p384(let key), _):
            return Array(try key.signature(for: SHA384.hash(data: data)).rawRepresentation)
        case (.p521(let key), _):
            return Array(try key.signature(for: SHA512.hash(data: data)).rawRepresentation)
        }
    }

    /// The public half as a JWK, with more members when wanted.
    func jwk(_ more: [String: String] = [:], id other: String?? = nil) throws -> String {
        var members = more
        members["kid"] = other ?? id
        switch secret {
        case .rsa(let key):
            let primitives = try key.publicKey.getKeyPrimitives()
            members["kty"] = "RSA"
            members["n"] = encoded(primitives.modulus)
            members["e"] = encoded(primitives.publicExponent)
        case .p256(let key):
            addPoint(key.publicKey.x963Representation, "P-256", to: &members)
        case .p384(let key):
            addPoint(key.publicKey.x963Representation, "P-384", to: &members)
        case .p521(let key):
            addPoint(key.publicKey.x963Representation, "P-521", to: &members)
        }
        let pairs = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    var publicPEM: String {
        switch secret {
        case .rsa(let key): key.publicKey.pemRepresentation
        case .p256(let key): key.publicKey.pemRepresentation
        case .p384(let key): key.publicKey.pemRepresentation
        case .p521(let key): key.publicKey.pemRepresentation
        }
    }

    private func addPoint(_ point: Data, _ curve: String, to members: inout [String: String]) {
        let size = (point.count - 1) / 2
        members["kty"] = "EC"
        members["crv"] = curve
        members["x"] = encoded(point.dropFirst().prefix(size))
        members["y"] = encoded(point.suffix(size))
    }
}

/// Base64url without padding.
func encoded(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
