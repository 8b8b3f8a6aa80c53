// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// An OpenID provider as its documentation shows what it sends; API and command line are held against all of them.
///
/// In the texts `ISS` stands for the issuer, `NOW` and `EXP` for seconds, `KID` for the key that signs, `NONCE` for the
/// login's, `ACCESS` and `ID` for tokens.
package struct ProviderExample: Sendable, CustomStringConvertible {
    /// What becomes of an access token at the API.
    package enum Verdict: Sendable {
        case accepted(subject: String, client: String?, scopes: Set<String>)
        /// Words of the reason.
        case refused(String)
    }

    /// Something that is sent as an access token.
    package struct Token: Sendable {
        package let name: String
        /// `nil` for what is no JWT.
        package let header: String?
        /// The payload, or the whole text of what is no JWT.
        package let claims: String
        package let verdict: Verdict

        init(_ name: String, _ claims: String, _ verdict: Verdict) {
            self.init(name, #"{"alg":"RS256","typ":"JWT","kid":"KID"}"#, claims, verdict)
        }

        init(_ name: String, _ header: String?, _ claims: String, _ verdict: Verdict) {
            self.name = name
            self.header = header
            self.claims = claims
            self.verdict = verdict
        }
    }

    package let name: String
    package let issuer: String
    /// Its discovery document.
    package let discovery: String
    /// Members of its signing key, beside `kty`, `kid` and the numbers.
    package var keyMembers = ["use": "sig", "alg": "RS256"]
    /// What else is in its key set.
    package var otherKeys: [String] = []
    /// What the API has to be told as its audience.
    package var audience: String?
    package let tokens: [Token]
    /// What its token endpoint gives for a code.
    package let answer: String
    /// How long that is good, in seconds.
    package let lifetime: Int
    package let clientID: String
    /// The payload of an ID token.
    package let idClaims: String
    /// As whom the command line says one is logged in.
    package let who: String

    package var description: String { name }

    /// All of them.
    package static let all = selfHosted + hosted

    /// A text with what the placeholders stand for; the times as they are given, so that they may be fractions.
    package func filled(_ text: String, now: String, expiry: String, key: String = "k", nonce: String = "n") -> String {
        let values = [("ISS", issuer), ("NOW", now), ("EXP", expiry), ("KID", key), ("NONCE", nonce)]
        return values.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
