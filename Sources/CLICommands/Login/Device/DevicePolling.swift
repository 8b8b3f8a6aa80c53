// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// When to ask again whether somebody has approved, and when to give up (RFC 8628, section 3.5).
///
/// A value without clock or network: it is told what was answered and when, and says what to do.
struct DevicePolling: Equatable, Sendable {
    /// What came of one question.
    enum Answer: Equatable, Sendable {
        case tokens(TokenAnswer)
        case refused(OAuthError)
        /// No answer, or one of a server in trouble.
        case silence
    }

    /// What to do next.
    enum Step: Equatable, Sendable {
        case wait(Duration)
        case finish(TokenAnswer)
        case fail(String)
    }

    /// What `slow_down` adds, for good.
    static let slowing: Duration = .seconds(5)
    /// The longest pause that silence leads to.
    static let longestPause: Duration = .seconds(60)

    private(set) var interval: Duration
    /// On the same clock as the times that are told.
    let deadline: Duration

    init(_ code: DeviceCode, from start: Duration) {
        interval = code.interval
        deadline = start + code.lifetime
    }

    mutating func step(after answer: Answer, at time: Duration) -> Step {
        switch answer {
        case .tokens(let tokens): return .finish(tokens)
        case .refused(let error):
            switch error.code {
            case "authorization_pending": break
            case "slow_down": interval += Self.slowing
            case "access_denied": return .fail("the login was refused in the browser")
            case "expired_token": return .fail("nobody approved the login in time")
            default: return .fail("the issuer says \(error)")
            }
        case .silence: interval = min(interval * 2, max(interval, Self.longestPause))
        }
        guard time + interval < deadline else { return .fail("nobody approved the login in time") }
        return .wait(interval)
    }
}
