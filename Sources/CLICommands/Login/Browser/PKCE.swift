// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import Shared

/// The proof that who redeems a code is who asked for it (RFC 7636).
struct PKCE: Sendable {
    /// Stays here until the code is redeemed.
    let verifier: String

    init(verifier: String = RandomText.make()) {
        self.verifier = verifier
    }

    /// Goes with the question, by the method `S256`.
    var challenge: String {
        Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8))))
    }
}

/// Texts that nobody can guess.
enum RandomText {
    /// 256 bits of the system's randomness, in 43 letters that need no escaping in URLs.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
