// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Revokes tokens at the issuer (RFC 7009), on a best-effort basis.
struct Revocation: Sendable {
    let transport: IssuerTransport

    /// Revokes the tokens of a login; says so when that is not possible.
    func revoke(_ login: StoredLogin, on console: Console) async {
        guard let reason = await refusal(to: login) else { return }
        console.note(
            "The tokens were not revoked at the issuer (\(reason)): a copy of them stays valid until they expire.")
    }

    /// `nil` when the issuer did as asked; else why not.
    private func refusal(to login: StoredLogin) async -> String? {
        guard let issuer = IssuerURL(login.issuer), !issuer.isUnprotected else { return "its address is not safe" }
        do {
            let provider = try await Provider.discover(issuer, allowsInsecure: false, transport: transport)
            guard let endpoint = provider.revocationEndpoint else { return "it does not support revocation" }
            let client = ClientIdentity(id: login.clientID, secret: login.clientSecret)
            var reason: String?
            let tokens = [("refresh_token", login.refreshToken), ("access_token", login.accessToken)]
            for case (let kind, let token?) in tokens {
                let answer = try await transport.send(
                    client.request(endpoint, [("token", token), ("token_type_hint", kind)], to: provider))
                if answer.status != 200 { reason = "it says \(OAuthError(answer))" }
            }
            return reason
        } catch let failure as CLIFailure {
            return failure.message
        } catch {
            return "it does not answer"
        }
    }
}
