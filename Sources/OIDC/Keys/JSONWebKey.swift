// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import CryptoExtras
import Shared

/// Makes keys from their JSON form (RFC 7517, 7518).
enum JSONWebKey {
    /// Reads one element of `keys`.
    static func parse(_ value: JSONValue) throws(KeyFault) -> VerificationKey {
        guard case .object(let all) = value else { throw .notAnObject }
        // Some providers write all members that they know: null says as much as nothing.
        let members = all.filter { $0.value != .null }
        let id = try identifier(members["kid"])
        guard members["d"] == nil, members["k"] == nil else { throw .privateParts }
        try checkUse(members)
        guard members["x5c"] == nil || members["n"] != nil || members["x"] != nil else { throw .onlyCertificate }
        let material: KeyMaterial
        switch members["kty"] {
        case .string("RSA")?: material = try rsa(members)
        case .string("EC")?: material = try ellipticCurve(members)
        default: throw .otherKind
        }
        return VerificationKey(id: id, material: material, algorithms: try algorithms(members["alg"], of: material))
    }

    private static func identifier(_ value: JSONValue?) throws(KeyFault) -> String? {
        switch value {
        case nil: return nil
        case .string(let id)? where (1...TokenHeader.maximumKeyIDLength).contains(id.utf8.count): return id
        default: throw .badID
        }
    }

    private static func checkUse(_ members: [String: JSONValue]) throws(KeyFault) {
        guard members["use"] == nil || members["use"] == .string("sig") else { throw .otherUse }
        guard let operations = members["key_ops"] else { return }
        guard case .array(let operations) = operations, operations.contains(.string("verify")) else { throw .otherUse }
    }

    private static func algorithms(
        _ value: JSONValue?, of material: KeyMaterial
    ) throws(KeyFault) -> Set<SignatureAlgorithm> {
        guard let value else { return material.algorithms }
        guard case .string(let name) = value, let algorithm = SignatureAlgorithm(rawValue: name),
            material.algorithms.contains(algorithm)
        else { throw .otherAlgorithm }
        return [algorithm]
    }

    private static func rsa(_ members: [String: JSONValue]) throws(KeyFault) -> KeyMaterial {
        guard let modulus = integer(members["n"]), let last = modulus.last, last & 1 == 1,
            (2_048...8_192).contains(modulus.count * 8 - modulus[0].leadingZeroBitCount)
        else { throw .badModulus }
        guard let exponent = integer(members["e"]), let last = exponent.last, last & 1 == 1,
            exponent.count <= 4, exponent != [1]
        else { throw .badExponent }
        do { return .rsa(try _RSA.Signing.PublicKey(n: modulus, e: exponent)) } catch { throw .badModulus }
    }

    private static func ellipticCurve(_ members: [String: JSONValue]) throws(KeyFault) -> KeyMaterial {
        guard case .string(let curve)? = members["crv"] else { throw .otherKind }
        do {
            switch curve {
            case "P-256": return .p256(try .init(x963Representation: try point(members, size: 32)))
            case "P-384": return .p384(try .init(x963Representation: try point(members, size: 48)))
            case "P-521": return .p521(try .init(x963Representation: try point(members, size: 66)))
            default: throw KeyFault.otherKind
            }
        } catch let fault as KeyFault {
            throw fault
        } catch {
            throw .badPoint
        }
    }

    /// The point uncompressed, as X9.63 has it; whoever makes a key of it checks that it lies on the curve.
    private static func point(_ members: [String: JSONValue], size: Int) throws(KeyFault) -> [UInt8] {
        guard let x = integer(members["x"]), let y = integer(members["y"]), x.count <= size, y.count <= size else {
            throw .badPoint
        }
        return [4] + [UInt8](repeating: 0, count: size - x.count) + x + [UInt8](repeating: 0, count: size - y.count) + y
    }

    /// An unsigned number without leading zeros, which some issuers (Glewlwyd) write although they should not.
    private static func integer(_ value: JSONValue?) -> [UInt8]? {
        guard case .string(let text)? = value, let bytes = Base64URL.decode(text.utf8) else { return nil }
        return Array(bytes.drop { $0 == 0 })
    }
}
