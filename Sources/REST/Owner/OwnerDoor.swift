// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Crypto
import HTTPTypes
import Hummingbird
package import OIDC
package import Shared
private import Synchronization

/// Lets the owner of a data folder in where no issuer says who may what: by a token with every scope, and to the page by a link that
/// works once.
///
/// As this machine is all that tells the owner from others, what a web page or another name of this machine could bring is refused:
/// see ``LoopbackRules``.
package final class OwnerDoor: TokenVerifier {
    /// How long the link works.
    package static let linkTime = Duration.seconds(30 * 60)
    /// How long a session lasts; it outlives the process.
    private static let sessionTime = Duration.seconds(7 * 24 * 3_600)
    private static let linkPath = "/login"

    private let token: OwnerToken
    private let digest: SHA256.Digest
    private let clock: any EngineClock
    private let facts: @Sendable () async -> [ReadinessCheck]
    /// The digest of the link's code, and until when it works; `nil` = it was used.
    private let link: Mutex<(code: SHA256.Digest, end: Duration)?>
    /// Where the link leads, with its code: for the owner's eyes only.
    package let linkTarget: String

    /// `facts` are what the page tells.
    package init(token: OwnerToken, clock: any EngineClock, facts: @escaping @Sendable () async -> [ReadinessCheck]) {
        self.token = token
        self.clock = clock
        self.facts = facts
        digest = SHA256.hash(data: Array(token.text.utf8))
        let code = OwnerToken.random()
        linkTarget = "\(Self.linkPath)?code=\(code)"
        link = Mutex((SHA256.hash(data: Array(code.utf8)), clock.uptime() + Self.linkTime))
    }

    package func verify(_ token: String) async throws(TokenError) -> Principal {
        // Digests are compared in constant time.
        guard SHA256.hash(data: Array(token.utf8)) == digest else { throw .unknownToken }
        return Principal(
            subject: "owner", clientID: nil, scopes: Set(Scope.allCases.map(\.rawValue)), expiresAt: .latest)
    }

    /// The answer to a request for the page; `nil` for all others.
    ///
    /// - Throws: 403 for every request that could come from elsewhere.
    func answer(_ request: Request) async throws(Problem) -> Response? {
        try LoopbackRules.check(request)
        let target = request.head.path ?? ""
        let path = target.prefix { $0 != "?" }
        guard path == "/" || path == Self.linkPath else { return nil }
        guard request.method == .get || request.method == .head else { throw .method(allowed: [.get, .head]) }
        if path == "/" { return hasSession(request) ? WelcomePage.welcome(await facts()) : WelcomePage.stranger }
        let query = target[path.endIndex...].dropFirst()
        guard query.hasPrefix("code="), request.method == .get, take(query.dropFirst(5)) else {
            return WelcomePage.stranger
        }
        var response = Answer.empty(.seeOther)
        response.headers[.location] = "/"
        response.headers[.setCookie] = "\(cookie)=\(session()); Path=/; HttpOnly; SameSite=Lax"
        return response
    }

    /// Whether this is the code of the link, which is used up by it.
    private func take(_ code: Substring) -> Bool {
        let given = SHA256.hash(data: Array(code.utf8))
        let uptime = clock.uptime()
        return link.withLock { link in
            guard let known = link, uptime < known.end, given == known.code else { return false }
            link = nil
            return true
        }
    }

    /// The cookie's name, another one for each data folder: cookies know no ports.
    private var cookie: String {
        "simple-scheduler-" + Hexadecimal.text(SHA256.hash(data: Array("cookie \(token.text)".utf8)).prefix(4))
    }

    /// When it ends, and a seal over that: good for nothing but this page.
    private func session() -> String {
        let end = "\((clock.now() + Self.sessionTime).millisecondsSinceEpoch)"
        return "\(end).\(Base64URL.encode(Array(seal(end))))"
    }

    private func seal(_ end: some StringProtocol) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(
            for: Array("session \(end)".utf8), using: SymmetricKey(data: Array(token.text.utf8)))
    }

    private func hasSession(_ request: Request) -> Bool {
        let cookies = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
        for text in cookies.map({ $0.drop { $0 == " " } }) where text.hasPrefix(cookie + "=") {
            let parts = text.dropFirst(cookie.count + 1).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let end = Int64(parts[0]), let given = Base64URL.decode(parts[1].utf8),
                end > clock.now().millisecondsSinceEpoch, seal(parts[0]) == given
            else { continue }
            return true
        }
        return false
    }
}
