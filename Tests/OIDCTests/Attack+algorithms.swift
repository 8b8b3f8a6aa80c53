// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import Shared

@testable import OIDC

extension Attack {
    /// On algorithms, keys and signatures.
    static let onSignatures: [Attack] = [
        Attack("alg none without a signature", .malformed) { recipe, _ in
            var recipe = recipe
            recipe.setHeader("alg", "\"none\"")
            return "\(encoded(recipe.headerText.utf8)).\(encoded(recipe.claimsText.utf8))."
        },
        header("alg", "\"none\"", .unsupportedAlgorithm),
        header("alg", "\"nOnE\"", .unsupportedAlgorithm),
        header("alg", "\"\"", .unsupportedAlgorithm),
        hmac("HS256"), hmac("HS384"), hmac("HS512"),
        header("alg", "\"rs256\"", .unsupportedAlgorithm),
        header("alg", "\"RS256 \"", .unsupportedAlgorithm),
        header("alg", "\"PS256\"", .unsupportedAlgorithm),
        header("alg", "\"EdDSA\"", .unsupportedAlgorithm),
        header("alg", "\"ES256K\"", .unsupportedAlgorithm),
        header("alg", "\"ES256\u{212A}\"", .unsupportedAlgorithm),
        header("alg", nil, .malformed),
        header("alg", "5", .malformed),
        header("alg", "[\"RS256\"]", .malformed),
        header("alg", "\"ES256\"", .unsupportedAlgorithm),
        signed("another algorithm than the key is pinned to", .unsupportedAlgorithm) { recipe, _ in
            recipe.setHeader("kid", "\"pinned\"")
            recipe.key = TestKeys.pinned
            recipe.algorithm = "RS512"
            recipe.setHeader("alg", "\"RS512\"")
        },
        signed("ES384 with the P-256 key", .unsupportedAlgorithm) { recipe, _ in
            recipe.key = TestKeys.p256
            recipe.setHeader("kid", "\"p256\"")
            recipe.setHeader("alg", "\"ES384\"")
        },
        signed("RS512 said, RS256 done", .badSignature) { recipe, _ in recipe.setHeader("alg", "\"RS512\"") },
        signed("another key under the same kid", .badSignature) { recipe, _ in recipe.key = TestKeys.attacker },
        signed("the key in the header", .badSignature) { recipe, _ in
            recipe.key = TestKeys.attacker
            recipe.setHeader("jwk", try? TestKeys.attacker.jwk())
        },
        signed("a key set elsewhere (jku)", .badSignature) { recipe, issuer in
            recipe.key = TestKeys.attacker
            recipe.setHeader("jku", "\"\(issuer.origin)/evil\"")
        },
        signed("a certificate elsewhere (x5u)", .badSignature) { recipe, issuer in
            recipe.key = TestKeys.attacker
            recipe.setHeader("x5u", "\"\(issuer.origin)/evil\"")
        },
        signed("a certificate in the header (x5c)", .badSignature) { recipe, _ in
            recipe.key = TestKeys.attacker
            recipe.setHeader("x5c", "[\"AAAA\"]")
        },
        signed("a key set elsewhere, under a kid of its own", .unknownKey) { recipe, issuer in
            recipe.key = TestKeys.attacker
            recipe.setHeader("kid", "\"evil\"")
            recipe.setHeader("jku", "\"\(issuer.origin)/evil\"")
        },
        header("kid", "\"../../../dev/null\"", .unknownKey),
        header("kid", "\"' OR 1=1 --\"", .unknownKey),
        header("kid", "\"\"", .malformed),
        header("kid", "7", .malformed),
        header("kid", "\"\(String(repeating: "k", count: 257))\"", .malformed),
        header("kid", nil, .unknownKey),
        header("crit", "[\"exp\"]", .malformed),
        header("crit", "[]", .malformed),
        header("b64", "false", .malformed),
        header("typ", "\"JWE\"", .wrongKind),
        header("typ", "\"logout+jwt\"", .wrongKind),
        header("typ", "null", .malformed),
        text("payload changed", .badSignature) { token in
            var parts = token.split(separator: ".").map(String.init)
            let payload = Base64URL.decode(parts[1].utf8) ?? []
            parts[1] = encoded(String(decoding: payload, as: UTF8.self).replacing("alice", with: "admin").utf8)
            return parts.joined(separator: ".")
        },
        text("a bit of the signature flipped", .badSignature) { token in
            var parts = token.split(separator: ".").map(String.init)
            var signature = Base64URL.decode(parts[2].utf8) ?? []
            signature[7] ^= 1
            parts[2] = encoded(signature)
            return parts.joined(separator: ".")
        },
        // Two characters of 342: a byte less, still strict.
        text("signature cut", .badSignature) { token in String(token.dropLast(2)) },
        text("signature longer", .badSignature) { token in token + "AAAA" },
        text("signature of zeros", .badSignature) { token in
            token.split(separator: ".").prefix(2).joined(separator: ".") + "."
                + encoded([UInt8](repeating: 0, count: 256))
        },
        text("no signature", .malformed) { $0.split(separator: ".").prefix(2).joined(separator: ".") + "." },
        Attack("r = s = 0", .badSignature) { recipe, _ in
            try curve(recipe) { _ in [UInt8](repeating: 0, count: 64) }
        },
        Attack("r = s = the order of the curve", .badSignature) { recipe, _ in
            try curve(recipe) { _ in
                let order: [UInt8] =
                    [255, 255, 255, 255, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 8)
                    + [0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51]
                return order + order
            }
        },
        Attack("an EC signature in DER", .badSignature) { recipe, _ in
            try curve(recipe) { Array(try P256.Signing.ECDSASignature(rawRepresentation: $0).derRepresentation) }
        },
    ]

    /// A token "signed" with the public key as if it were a secret.
    private static func hmac(_ algorithm: String) -> Attack {
        Attack("\(algorithm) with the public key", .unsupportedAlgorithm) { recipe, _ in
            var recipe = recipe
            recipe.setHeader("alg", "\"\(algorithm)\"")
            let signed = "\(encoded(recipe.headerText.utf8)).\(encoded(recipe.claimsText.utf8))"
            let secret = SymmetricKey(data: Array(TestKeys.rsa.publicPEM.utf8))
            let data = Array(signed.utf8)
            switch algorithm {
            case "HS256": return "\(signed).\(encoded(HMAC<SHA256>.authenticationCode(for: data, using: secret)))"
            case "HS384": return "\(signed).\(encoded(HMAC<SHA384>.authenticationCode(for: data, using: secret)))"
            default: return "\(signed).\(encoded(HMAC<SHA512>.authenticationCode(for: data, using: secret)))"
            }
        }
    }

    /// A token for the P-256 key with a signature that `change` makes of the right one.
    private static func curve(_ recipe: TokenRecipe, _ change: ([UInt8]) throws -> [UInt8]) throws -> String {
        var recipe = recipe
        recipe.key = TestKeys.p256
        recipe.setHeader("kid", "\"p256\"")
        recipe.setHeader("alg", "\"ES256\"")
        let signed = "\(encoded(recipe.headerText.utf8)).\(encoded(recipe.claimsText.utf8))"
        return "\(signed).\(encoded(try change(TestKeys.p256.signature(of: signed))))"
    }
}
