// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a token's `typ` says it is.
enum TokenKind: Hashable, Sendable {
    /// `JWT`, or nothing: the signature is checked by libjwt.
    case plain
    /// `at+jwt` (RFC 9068), which libjwt 1.10 refuses: the signature is checked by swift-crypto.
    case accessToken

    /// Media types know no case, and `application/` may be left out (RFC 7515, section 4.1.9): RFC 9068 (section 4) names
    /// both forms of its own.
    init?(type: String?) {
        switch type?.lowercased() {
        case nil, "jwt": self = .plain
        case "at+jwt", "application/at+jwt": self = .accessToken
        default: return nil
        }
    }
}
