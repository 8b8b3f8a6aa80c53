// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CJWT
import Shared

/// Checks signatures with libjwt: the only caller of `jwt_decode`.
///
/// That function accepts any token when its key is NULL, takes HMAC "signatures" made with a public key, and looks at
/// neither times nor names (jwt.h, and tried with 1.10.2). So it is asked about the signature only, after the token was
/// found strictly written and its algorithm to be the one of an asymmetric key, and never without a key.
enum LibJWTVerifier {
    /// Whether libjwt finds the signature good, and used the algorithm that it should.
    ///
    /// Blocks for the time of the computation (tens of microseconds). The token must be no longer than
    /// ``CompactToken/maximumLength``.
    static func isValid(_ token: CompactToken, key: VerificationKey) -> Bool {
        let pem = key.pem
        guard !pem.isEmpty, let expected = jwt_alg(token.header.algorithm) else { return false }
        var text = token.text.map(CChar.init(bitPattern:))
        text.append(0)
        var decoded: OpaquePointer?
        defer { unsafe jwt_free(decoded) }
        let code = unsafe text.withUnsafeBufferPointer { text in
            unsafe pem.withUnsafeBufferPointer { pem in
                unsafe jwt_decode(&decoded, text.baseAddress, pem.baseAddress, Int32(pem.count))
            }
        }
        guard code == 0, let decoded = unsafe decoded else { return false }
        return unsafe jwt_get_alg(decoded) == expected
    }

    /// Whether libjwt can read the payload: it refuses integers beyond 64 bits (tried with 1.10.2), whatever claim they are
    /// in, and so finds no signature of such a token good.
    static func canRead(_ token: CompactToken) -> Bool {
        guard let payload = try? JSONReader.read(token.payload) else { return true }
        return !hasHugeNumber(payload)
    }

    private static func hasHugeNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .double(let number): abs(number) >= 0x1p63
        case .array(let elements): elements.contains(where: hasHugeNumber)
        case .object(let members): members.values.contains(where: hasHugeNumber)
        case .null, .bool, .int, .string: false
        }
    }

    private static func jwt_alg(_ algorithm: SignatureAlgorithm) -> jwt_alg_t? {
        switch algorithm {
        case .rs256: JWT_ALG_RS256
        case .rs384: JWT_ALG_RS384
        case .rs512: JWT_ALG_RS512
        case .es256: JWT_ALG_ES256
        case .es384: JWT_ALG_ES384
        case .es512: JWT_ALG_ES512
        }
    }
}
