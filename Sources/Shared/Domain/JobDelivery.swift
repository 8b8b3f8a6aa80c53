// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How the runs of a job leave (contract, section 9).
package enum JobDelivery: Hashable, Sendable {
    /// As actions over the bus, to whoever works for the job.
    case worker
    /// Each as one request.
    case http(HTTPDelivery)

    /// The request; `nil` for a job whose runs leave otherwise.
    package var http: HTTPDelivery? {
        if case .http(let http) = self { http } else { nil }
    }

    /// As in the API and in documents, with every default.
    package var json: JSONValue {
        switch self {
        case .worker: .object(["worker": .object([:])])
        case .http(let http): .object(["http": http.json])
        }
    }
}

/// The request that a run is.
package struct HTTPDelivery: Hashable, Sendable {
    /// What may be asked for; the raw values are those of requests.
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case post = "POST"
        case get = "GET"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"

        /// Whether the request has a body.
        package var takesBody: Bool { self != .get && self != .delete }
    }

    /// In milliseconds, as a job may have it.
    package static let timeouts: ClosedRange<Int64> = 1...600_000
    /// The longest URL, and the longest value of a header, in bytes.
    package static let longestText = 8_192
    /// The most headers of a job.
    package static let mostHeaders = 64

    /// An absolute `http` or `https` URL of printable ASCII, without user info and fragment; see ``problem(url:)``.
    package var url: String
    package var method = Method.post
    /// By name, as they were given; no two names differ in case only.
    package var headers: [String: String] = [:]
    /// From the moment that the request is begun to the last byte of the answer that is read.
    package var timeout = Duration.seconds(30)

    /// A `POST` to a URL that has no ``problem(url:)``.
    package init(url: String) {
        self.url = url
    }

    /// Host and port as they are written in the URL, in lower case: what the bound per host goes by.
    package var authority: String {
        String(url.lowercased().drop { $0 != "/" }.drop { $0 == "/" }.prefix { !"/?#".contains($0) })
    }

    /// As in the API and in documents.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "url": .string(url), "method": .string(method.rawValue), "timeout": .int(timeout.milliseconds),
        ]
        if !headers.isEmpty { members["headers"] = .object(headers.mapValues { .string($0) }) }
        return .object(members)
    }
}

extension HTTPDelivery {
    /// What is wrong with a URL; `nil` = nothing.
    package static func problem(url text: String) -> String? {
        guard text.utf8.count <= longestText else { return "is longer than \(longestText) bytes" }
        if let problem = templateProblem(text) { return problem }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            return
                "holds a character that a URL cannot have; write it percent-encoded, and a name of other letters as xn--…"
        }
        let lower = text.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
            return "is no absolute http or https URL, such as https://example.com/hook"
        }
        let rest = text[(text.firstRange(of: "//")?.upperBound ?? text.endIndex)...]
        guard !rest.contains("#") else { return "has a fragment, which is not sent" }
        let authority = rest.prefix { !"/?".contains($0) }
        guard !authority.contains("@") else {
            return "has a user or password in it; give credentials in a header"
        }
        return problem(authority: authority)
    }

    private static func problem(authority: Substring) -> String? {
        var port = Substring()
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return "has no host that can be understood" }
            let address = authority[authority.index(after: authority.startIndex)..<end]
            let isAddress =
                address.contains(":") && address.utf8.allSatisfy { $0.isHexadecimal || ":.".utf8.contains($0) }
            guard isAddress else { return "has no host that can be understood" }
            port = authority[authority.index(after: end)...]
        } else {
            let host = authority.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.count <= 253, host != ".",
                host.utf8.allSatisfy({ $0.isAlphanumeric || "-._".utf8.contains($0) })
            else { return "has no host that can be understood" }
            port = authority.dropFirst(host.count)
        }
        guard !port.isEmpty else { return nil }
        let digits = port.dropFirst()
        guard port.hasPrefix(":"), (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), UInt16(digits) ?? 0 > 0
        else { return "has a port that is not a number from 1 to 65535" }
        return nil
    }

    /// What is wrong with the name of a header; `nil` = nothing.
    package static func problem(header name: String) -> String? {
        let isToken =
            (1...256).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0.isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }
        guard isToken else { return "is not the name of a header: letters, digits and !#$%&'*+-.^_`|~ (RFC 9110)" }
        let lower = name.lowercased()
        let isOurs =
            ["host", "connection", "content-length", "transfer-encoding", "idempotency-key"].contains(lower)
            || lower.hasPrefix("webhook-") || lower.hasPrefix("simple-scheduler-")
        return isOurs ? "is a header that only the Scheduler sets" : nil
    }

    /// What is wrong with the value of a header; `nil` = nothing.
    package static func problem(headerValue text: String) -> String? {
        guard text.utf8.count <= longestText else { return "is longer than \(longestText) bytes" }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            return "holds a line end or another control character"
        }
        return templateProblem(text)
    }

    /// So that what is a plain text today does not become a template later.
    private static func templateProblem(_ text: String) -> String? {
        text.contains("${") || text.contains("$$")
            ? "holds ${ or $$, which are for templates, and these are not there yet" : nil
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }
}
