// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The address of an API: `http` or `https`, without user, query or fragment.
enum APIAddress {
    /// What is used when nothing else is said.
    static let fallback = "http://localhost:8080/api"

    static let expected = "an address such as https://scheduler.example.com/api"

    /// The address without a slash at its end; `nil` when it is none.
    static func read(_ text: String) -> String? {
        guard let address = WebAddress(text), !address.hasQuery else { return nil }
        var text = text[...]
        while text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }
}
