// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The tokens of a stored login, refreshed when they are about to expire.
///
/// A refresh token may be good for one use only. So a refresh happens under the folder's lock, after another look at
/// the file: of several invocations at once one refreshes, and the others take what it got.
struct SavedTokens: TokenSource {
    let folder: PrivateFolder
    let context: String
    /// The only API that a token is given out for.
    let url: String
    /// The command that logs in, for messages.
    let loginCommand: LoginCommandLine
    var issuers: IssuerTransport = .http
    var now: @Sendable () -> Timestamp = { SystemClock().now() }

    func token() async throws -> String {
        let login = try stored()
        if login.isGood(at: now()) { return login.accessToken }
        do {
            return try await refreshed { !$0.isGood(at: now()) }
        } catch let failure as CLIFailure
            where failure.code == .unreachable && login.isGood(at: now(), for: .seconds(1))
        {
            return login.accessToken
        }
    }

    func token(insteadOf refused: String) async throws -> String {
        let login = try stored()
        guard login.accessToken == refused, login.isGood(at: now(), for: .zero) else {
            return try await refreshed { $0.accessToken == refused }
        }
        guard login.isRenewable else { throw NoOtherToken() }
        do {
            return try await refreshed { $0.accessToken == refused }
        } catch let failure as CLIFailure where failure.code == .refused {
            throw NoOtherToken(reason: failure.message)
        }
    }

    /// The login as it stands in the file, which may have expired.
    func stored() throws(CLIFailure) -> StoredLogin {
        guard let login = try TokenFile(in: folder).logins[context], login.url == url else {
            throw CLIFailure(
                .refused, "not logged in to \(shown(url, quoted: false))", hints: "Log in: \(loginCommand.text)")
        }
        return login
    }

    private func refreshed(if isStale: (StoredLogin) -> Bool) async throws -> String {
        // Most commands need no lock at all: look before making one.
        _ = try stored()
        return try await folder.locked {
            let login = try stored()
            guard isStale(login) else { return login.accessToken }
            let new = try await TokenRefresh(transport: issuers, loginCommand: loginCommand, now: now).refresh(login)
            var file = try TokenFile(in: folder)
            file.logins[context] = new
            try file.save(in: folder)
            return new.accessToken
        }
    }
}
