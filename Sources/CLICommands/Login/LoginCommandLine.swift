// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The command that somebody should type to log in, complete as far as we know.
struct LoginCommandLine: Equatable, Sendable {
    var context: String?
    var url: String
    var issuer: String?
    var clientID: String?
    var hasSecret = false
    var grant: StoredLogin.Grant?
    var isInsecure = false
    var audience: String?

    /// One line for a shell; no secret is in it.
    var text: String {
        var words = [CLIMain.programName, "login"]
        words += ["-c", clientID.map(shellQuoted) ?? "CLIENT_ID"]
        if hasSecret { words += ["-s", "-"] }
        words += ["-i", issuer.map(shellQuoted) ?? "ISSUER_URL"]
        words += ["-u", shellQuoted(url)]
        if let context, context != SavedContext.defaultName { words += ["--context", shellQuoted(context)] }
        if let audience { words += ["--audience", shellQuoted(audience)] }
        switch grant {
        case .device: words.append("--device")
        case .clientCredentials: words.append("--client-credentials")
        case .code, nil: break
        }
        if isInsecure { words.append("--insecure") }
        return shown(words.joined(separator: " "), quoted: false)
    }
}
