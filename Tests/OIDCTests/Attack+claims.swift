// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

@testable import OIDC

extension Attack {
    /// On the claims of a properly signed token.
    static let onClaims: [Attack] = [
        claim("exp", nil, .malformed), claim("exp", "1", .expired), claim("exp", "0", .expired),
        claim("exp", "1.5", .expired), claim("exp", "1.7e9", .expired), claim("exp", "1e12", .malformed),
        claim("exp", "-1.5", .malformed), claim("exp", "253402300800", .malformed), claim("exp", "1e999", .malformed),
        claim("exp", "NaN", .malformed), claim("exp", "Infinity", .malformed), claim("exp", "[1]", .malformed),
        claim("exp", "\"9999999999\"", .malformed), claim("exp", "-1", .malformed),
        claim("exp", "9223372036854775807", .malformed), claim("exp", "9223372036854775808", .malformed),
        claim("exp", "1e308", .malformed), claim("exp", "null", .malformed), claim("exp", "true", .malformed),
        claim("nbf", "9999999999", .notYetValid), claim("nbf", "\"0\"", .malformed), claim("nbf", "-5", .malformed),
        claim("nbf", "9999999999.5", .notYetValid), claim("nbf", "9e9", .notYetValid),
        claim("iat", "9999999999", .notYetValid), claim("iat", "9.9e9", .notYetValid),
        claim("iat", "9223372036854775808", .malformed), claim("iat", "\"1.5\"", .malformed),
        claim("iss", nil, .wrongIssuer), claim("iss", "\"\"", .malformed),
        claim("iss", "\"https://evil.example\"", .wrongIssuer),
        claim("iss", "[\"x\"]", .malformed),
        signed("iss with a slash more", .wrongIssuer) { $0.setClaim("iss", "\"\($1.name)/\"") },
        signed("iss as a prefix", .wrongIssuer) { $0.setClaim("iss", "\"\($1.name).evil.example\"") },
        signed("iss cut", .wrongIssuer) { $0.setClaim("iss", "\"\($1.name.dropLast())\"") },
        signed("iss in another case", .wrongIssuer) { $0.setClaim("iss", "\"\($1.name.uppercased())\"") },
        signed("iss of another realm", .wrongIssuer) { $0.setClaim("iss", "\"\($1.origin)/realm2\"") },
        signed("iss with a space", .wrongIssuer) { $0.setClaim("iss", "\" \($1.name)\"") },
        claim("aud", nil, .wrongAudience), claim("aud", "\"other\"", .wrongAudience),
        claim("aud", "[\"other\",\"another\"]", .wrongAudience), claim("aud", "[]", .wrongAudience),
        claim("aud", "\"simple-scheduler-2\"", .wrongAudience), claim("aud", "\"simple\"", .wrongAudience),
        claim("aud", "\"other simple-scheduler\"", .wrongAudience),
        claim("aud", "{\"simple-scheduler\":1}", .malformed), claim("aud", "[1]", .malformed),
        claim("iss", "null", .wrongIssuer), claim("aud", "null", .wrongAudience),
        // Where the header says that it is an access token, a nonce says nothing.
        signed("a nonce, although nothing says that it is an access token", .wrongKind) { recipe, _ in
            recipe.setClaim("nonce", "\"n\"")
            if recipe.headerText.contains("at+jwt") { recipe.setHeader("typ", "\"JWT\"") }
        },
        claim("at_hash", "\"AAAA\"", .wrongKind),
        claim("tokenType", "\"refresh-token\"", .wrongKind), claim("token_use", "\"refresh\"", .wrongKind),
        claim("type", "\"some_token\"", .wrongKind),
        claim("typ", "\"Refresh\"", .wrongKind), claim("typ", "\"ID\"", .wrongKind),
        claim("typ", "\"Offline\"", .wrongKind),
        claim("type", "\"refresh_token\"", .wrongKind), claim("token_use", "\"id\"", .wrongKind),
        claim("events", "{}", .wrongKind), claim("cnf", "{\"jkt\":\"AAAA\"}", .wrongKind),
        signed("at_hash, although it says Bearer", .wrongKind) { recipe, _ in
            recipe.setClaim("typ", "\"Bearer\"")
            recipe.setClaim("at_hash", "\"AAAA\"")
        },
        claim("scope", "7", .malformed),
        claim("scope", "[\"jobs:read\",1]", .malformed),
        claim("sub", "7", .malformed), claim("sub", "\"\"", .malformed),
        claim("sub", "\"\(String(repeating: "s", count: 1_025))\"", .malformed),
        signed("nobody", .malformed) { recipe, _ in
            recipe.setClaim("sub", nil)
            recipe.setClaim("client_id", nil)
        },
    ]

    /// On the way a token is written.
    static let onForm: [Attack] = [
        text("empty", .malformed) { _ in "" },
        text("only dots", .malformed) { _ in ".." },
        text("no dots", .malformed) { String($0.filter { $0 != "." }) },
        text("four segments", .malformed) { $0 + ".AAAA" },
        text("five segments, as if encrypted", .malformed) { $0 + ".AAAA.AAAA" },
        text("8 MB", .malformed) { _ in String(repeating: "A", count: 8 << 20) },
        text("8 MB header", .malformed) { String(repeating: "A", count: 8 << 20) + $0 },
        signed("just over 16 KiB", .malformed) { recipe, _ in
            recipe.setClaim("padding", "\"\(String(repeating: "x", count: 12 << 10))\"")
        },
        text("padding", .malformed) { $0 + "=" },
        text("junk after the signature", .malformed) { $0 + "!" },
        text("space in front", .malformed) { " " + $0 },
        text("a line feed", .malformed) { $0 + "\n" },
        text("NUL and more", .malformed) { $0 + "\u{0}.junk" },
        text("classical base64", .malformed) { $0.replacing("-", with: "+").replacing("_", with: "/") + "+" },
        text("unused bits set", .malformed) { token in
            // The last character of a 256-byte signature carries four unused bits.
            let last = token.last.map(String.init) ?? ""
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_").map(String.init)
            return token.dropLast() + alphabet[(alphabet.firstIndex(of: last) ?? 0) + 1]
        },
        Attack("sub twice", .malformed) { recipe, _ in
            var recipe = recipe
            recipe.claims.append(("sub", "\"admin\""))
            return try recipe.token()
        },
        Attack("sub twice, once escaped", .malformed) { recipe, _ in
            var recipe = recipe
            recipe.claims.append(("\\u0073ub", "\"admin\""))
            return try recipe.token()
        },
        Attack("alg twice", .malformed) { recipe, _ in
            var recipe = recipe
            recipe.header.append(("alg", "\"RS256\""))
            return try recipe.token()
        },
        payload("NUL and junk after the payload") { Array($0.utf8) + [0] + Array("{}".utf8) },
        payload("two objects") { Array(($0 + $0).utf8) },
        payload("a list") { Array("[\($0)]".utf8) },
        payload("a byte order mark") { [0xEF, 0xBB, 0xBF] + Array($0.utf8) },
        payload("broken UTF-8") { Array($0.replacing("alice", with: "\u{7F}").utf8).map { $0 == 0x7F ? 0xFF : $0 } },
        payload("NUL escaped") { Array($0.replacing("alice", with: "a\\u0000b").utf8) },
        payload("half a surrogate pair") { Array($0.replacing("alice", with: "\\ud800").utf8) },
        payload("a comma too many") { Array(($0.dropLast() + ",}").utf8) },
        payload("nested too deep") { claims in
            let depth = 4_000
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return Array((claims.dropLast() + ",\"deep\":\(nested)}").utf8)
        },
        payload("nothing") { _ in Array("{}".utf8).dropLast() },
    ]
}
