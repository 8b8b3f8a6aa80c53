// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a token is refused, as `WWW-Authenticate` says it (RFC 6750, section 3): the API does, and so do gateways before it.
struct BearerChallenge: Equatable, Sendable {
    /// Such as `invalid_token`.
    let error: String?
    /// For people.
    let detail: String?

    /// Reads the parameters of all challenges in the header; those of others have other names.
    init(_ header: String) {
        var parameters: [String: String] = [:]
        var rest = header.unicodeScalars[...]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].reversed().prefix { !" ,\t\"".unicodeScalars.contains($0) }.reversed()
            rest = rest[equals...].dropFirst()
            let key = String(String.UnicodeScalarView(name)).lowercased()
            let value = rest.first == "\"" ? Self.quoted(&rest) : Self.word(&rest)
            if parameters[key] == nil, !value.isEmpty { parameters[key] = value }
        }
        error = parameters["error"]
        detail = parameters["error_description"]
    }

    /// Takes a quoted string (RFC 9110, section 5.6.4) off the front.
    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String {
        var value = String.UnicodeScalarView()
        rest.removeFirst()
        while let scalar = rest.popFirst(), scalar != "\"" {
            if scalar == "\\", let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(scalar)
            }
        }
        return String(value)
    }

    private static func word(_ rest: inout Substring.UnicodeScalarView) -> String {
        let word = rest.prefix { $0 != "," && $0 != " " }
        rest = rest[word.endIndex...]
        return String(String.UnicodeScalarView(word))
    }
}
