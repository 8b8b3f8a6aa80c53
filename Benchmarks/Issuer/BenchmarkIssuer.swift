// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import CryptoExtras
import Foundation
import Shared

/// An OpenID provider of the benchmark's own: one RSA key, and as many tokens as are wanted.
struct BenchmarkIssuer {
    private let key: _RSA.Signing.PrivateKey
    /// Who signs: the value of `iss`.
    let name: String

    /// Makes a key of 2,048 bits.
    init(name: String) throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        self.name = name
    }

    /// The discovery document.
    var discovery: String { "{\"issuer\":\"\(name)\",\"jwks_uri\":\"\(name)/keys\"}" }

    /// The key set.
    func keySet() throws -> String {
        let numbers = try key.publicKey.getKeyPrimitives()
        return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"one\","
            + "\"n\":\"\(Self.text(numbers.modulus))\",\"e\":\"\(Self.text(numbers.publicExponent))\"}]}"
    }

    /// A token for everything that the API offers, good for a day; tokens of different numbers differ.
    func token(_ number: Int, type: String = "JWT") throws -> String {
        let now = WallClock.now().millisecondsSinceEpoch / 1000
        let header = "{\"alg\":\"RS256\",\"typ\":\"\(type)\",\"kid\":\"one\"}"
        let claims =
            "{\"iss\":\"\(name)\",\"sub\":\"bench\",\"client_id\":\"bench\",\"iat\":\(now),\"exp\":\(now + 86_400),"
            + "\"jti\":\"\(number)\",\"scope\":\"jobs:read jobs:write runs:read runs:write\"}"
        let signed = "\(Self.text(Array(header.utf8))).\(Self.text(Array(claims.utf8)))"
        let digest = SHA256.hash(data: Array(signed.utf8))
        let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation
        return "\(signed).\(Self.text(signature))"
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
