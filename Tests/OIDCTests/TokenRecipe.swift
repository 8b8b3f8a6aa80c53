// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

@testable import OIDC

/// A token to be made; the members are JSON texts, in this order, so that anything can be said, twice too.
struct TokenRecipe {
    var header: [(name: String, json: String)]
    var claims: [(name: String, json: String)]
    var key = TestKeys.rsa
    var algorithm: String?

    /// A token that is accepted, unless its recipe is changed.
    init(
        issuer: String, seconds: Int64, type: String? = "JWT", key: SigningKey = TestKeys.rsa, algorithm: String? = nil
    ) {
        self.key = key
        self.algorithm = algorithm
        header = [("alg", "\"\(algorithm ?? key.algorithm)\"")]
        if let type { header.append(("typ", "\"\(type)\"")) }
        if let id = key.id { header.append(("kid", "\"\(id)\"")) }
        claims = [
            ("iss", "\"\(issuer)\""), ("sub", "\"alice\""), ("client_id", "\"cli\""), ("aud", "\"simple-scheduler\""),
            ("iat", "\(seconds)"), ("exp", "\(seconds + 300)"), ("scope", "\"jobs:read runs:read\""),
        ]
    }

    mutating func setHeader(_ name: String, _ json: String?) { Self.set(name, json, in: &header) }

    mutating func setClaim(_ name: String, _ json: String?) { Self.set(name, json, in: &claims) }

    private static func set(_ name: String, _ json: String?, in members: inout [(name: String, json: String)]) {
        members.removeAll { $0.name == name }
        if let json { members.append((name, json)) }
    }

    var headerText: String { Self.object(header) }
    var claimsText: String { Self.object(claims) }

    private static func object(_ members: [(name: String, json: String)]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
    }

    func token() throws -> String { try token(header: Array(headerText.utf8), payload: Array(claimsText.utf8)) }

    /// Signs whatever bytes are given.
    func token(header: [UInt8], payload: [UInt8]) throws -> String {
        let signed = "\(encoded(header)).\(encoded(payload))"
        return "\(signed).\(encoded(try key.signature(of: signed, algorithm: algorithm)))"
    }
}
