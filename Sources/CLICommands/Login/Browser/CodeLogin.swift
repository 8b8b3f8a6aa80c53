// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Login in a browser: authorization code with PKCE (OpenID Connect Core 3.1, RFC 7636, RFC 8252).
struct CodeLogin: Sendable {
    /// How long somebody may take.
    static let limit: Duration = .seconds(300)

    let plan: LoginPlan
    let transport: IssuerTransport
    let browser: Browser?
    let now: @Sendable () -> Timestamp
    let say: @Sendable (String) -> Void

    func run() async throws -> StoredLogin {
        guard let endpoint = plan.provider.authorizationEndpoint else {
            throw CLIFailure(.usage, "the issuer has no login page", hints: "Try --device or --client-credentials.")
        }
        let request = AuthorizationRequest()
        let server = try await CallbackServer.start()
        let address = request.address(
            at: endpoint, clientID: plan.client.id, scopes: plan.scopes, audience: plan.audience)
        let isOpened = browser?.open(address) ?? false
        say(isOpened ? "The browser opens. If it does not, open this address:" : "Open this address in a browser:")
        say("\n  \(address)\n")
        say("Waiting for the login…")
        do {
            let login = try await withTimeLimit(Self.limit) {
                try await answer(to: request, from: server.callbacks)
            }
            await server.stop()
            return login
        } catch is TimeLimitPassed {
            await server.stop()
            throw CLIFailure(.refused, "nobody logged in within \(Self.limit.components.seconds / 60) minutes")
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Waits for the browser that answers the question; others are turned away and change nothing.
    private func answer(
        to request: AuthorizationRequest, from callbacks: AsyncStream<CallbackRequest>
    ) async throws -> StoredLogin {
        for await callback in callbacks {
            guard let parameters = callback.parameters, request.isAnswered(by: parameters) else {
                await callback.answer(.notOurs)
                continue
            }
            do {
                let login = try await redeem(parameters, of: request)
                await callback.answer(.done(who: login.who))
                return login
            } catch let error as OAuthError {
                await callback.answer(.failed("The issuer says: \(error)"))
                throw CLIFailure(.refused, "the login failed: the issuer says \(error)")
            } catch let failure as CLIFailure {
                await callback.answer(.failed(failure.message))
                throw failure
            }
        }
        throw CancellationError()
    }

    private func redeem(_ parameters: [String: String], of request: AuthorizationRequest) async throws -> StoredLogin {
        let code = try request.code(in: parameters, issuer: plan.provider.issuer.description)
        let answer = try await TokenAnswer.fetch(
            [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AuthorizationRequest.redirect),
                ("code_verifier", request.pkce.verifier),
            ], of: plan.provider, as: plan.client, transport: transport)
        let identity = try plan.identity(in: answer, nonce: request.nonce, at: now())
        return plan.login(with: answer, identity: identity, at: now())
    }
}
