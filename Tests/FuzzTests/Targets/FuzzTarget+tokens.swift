// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

@testable import OIDC

extension FuzzTarget {
    private static let policy = IssuerURL("https://login.example").map {
        TokenPolicy(settings: OIDCSettings(issuer: $0, audience: "simple-scheduler"))
    }

    /// Keys that anybody may know, of each kind.
    private static let fuzzKeys = [fuzzRSAKey, fuzzECKey].flatMap { text in
        (try? KeySet(Array(#"{"keys":[\#(text)]}"#.utf8)))?.keys ?? []
    }

    /// A token as it comes; or its header and payload as two lines of JSON, which are made into one, so that mutations
    /// get past base64url.
    static func runTokens(_ bytes: [UInt8]) {
        check(String(decoding: bytes, as: UTF8.self))
        let (header, payload) = firstLine(bytes)
        guard !payload.isEmpty, (try? TokenHeader(header)) != nil else { return }
        for key in fuzzKeys {
            let length = key.material.modulusLength ?? 64
            let segments = [header, payload, [UInt8](repeating: 1, count: length)].map { Base64URL.encode($0) }
            check(segments.joined(separator: "."))
        }
    }

    private static func check(_ text: String) {
        guard let token = try? CompactToken(text) else { return }
        if let claims = try? TokenClaims(token.payload), let policy {
            _ = try? policy.principal(claims, now: Timestamp(millisecondsSinceEpoch: 1_800_000_000_000))
        }
        for key in fuzzKeys where key.fits(token) {
            precondition(!key.hasSigned(token), "a signature that nobody made is good")
        }
    }

    private static let fuzzECKey = """
        {"kty":"EC","crv":"P-256","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",\
        "y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}
        """

    /// RFC 7515, appendix A.2.
    private static let fuzzRSAKey = """
        {"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP\
        1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KX\
        BdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs\
        91kzk2PAcDTW9gb54h4FRWyuXpoQ"}
        """
}
