// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Texts that nobody can guess.
enum RandomText {
    /// 256 bits of the system's randomness, in 43 letters that need no escaping in URLs.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
