// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What a token endpoint gives (RFC 6749, section 5.1).
struct TokenAnswer: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    let accessToken: String
    let lifetime: Duration?
    let refreshToken: String?
    let idToken: String?
    /// `nil` = exactly what was asked for.
    let scopes: [String]?

    /// Asks for tokens.
    ///
    /// - Throws: `OAuthError` when the issuer refuses, `CLIFailure` when it does not answer or not as it should.
    static func fetch(
        _ fields: [(name: String, value: String)], of provider: Provider, as client: ClientIdentity,
        transport: IssuerTransport
    ) async throws -> TokenAnswer {
        let answer = try await transport.send(client.request(provider.tokenEndpoint, fields, to: provider))
        if answer.status == 200 {
            // Some providers refuse with a success.
            let error = OAuthError(answer)
            guard error.isNamed else { return try TokenAnswer(answer.body) }
            throw error
        }
        guard answer.status < 500 else {
            throw CLIFailure(.unreachable, "the issuer is in trouble: \(OAuthError(answer))", hints: "Try again later.")
        }
        throw OAuthError(answer)
    }

    init(_ body: [UInt8]) throws(CLIFailure) {
        // Nothing of the answer goes into a message: there are tokens in it.
        func fault(_ what: String) -> CLIFailure { CLIFailure(.other, "the issuer's answer has \(what)") }
        guard let members = JSONReader.object(body) else { throw fault("no JSON object") }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = members[name], !text.isEmpty else { return nil }
            return text
        }
        guard let token = text("access_token"), token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            token.utf8.count <= 16 * 1024
        else { throw fault("no usable access token") }
        guard let type = text("token_type"), type.lowercased() == "bearer" else { throw fault("no bearer token") }
        accessToken = token
        refreshToken = text("refresh_token")
        idToken = text("id_token")
        scopes = members["scope"]?.scopeList.flatMap { $0.isEmpty ? nil : $0 }
        lifetime = members["expires_in"]?.seconds(atMost: 3_153_600_000)
    }

    var description: String { "tokens" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension JSONValue {
    /// A span that an issuer tells, such as `expires_in` (RFC 6749, section 5.1), cut to whole seconds; `nil` unless it is
    /// from 1 s to the limit.
    ///
    /// Some providers write fractions, others (Entra's version 1.0) a text of digits.
    func seconds(atMost limit: Int64) -> Duration? {
        let whole: Int64? =
            switch self {
            case .int(let seconds): seconds
            case .double(let seconds): Int64(exactly: seconds.rounded(.down))
            case .string(let digits): Int64(digits)
            default: nil
            }
        return whole.flatMap { (1...limit).contains($0) ? .seconds($0) : nil }
    }
}
