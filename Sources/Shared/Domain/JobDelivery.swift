// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How the runs of a job leave (contract, section 9).
///
/// Indirect, for jobs are copied often.
package indirect enum JobDelivery: Hashable, Sendable {
    /// As actions over the bus, to whoever works for the job.
    case worker
    /// As actions over the bus, to whoever works for a pool of jobs.
    case pool(PoolName)
    /// Each as one request.
    case http(HTTPDelivery)
    /// Each as one message to an exchange of others.
    case amqp(AMQPDelivery)

    /// The request; `nil` for a job whose runs leave otherwise.
    package var http: HTTPDelivery? {
        if case .http(let http) = self { http } else { nil }
    }

    /// The message; `nil` for a job whose runs leave otherwise.
    package var amqp: AMQPDelivery? {
        if case .amqp(let amqp) = self { amqp } else { nil }
    }

    /// Whether somebody takes the runs as actions, and says what becomes of them.
    package var isWorker: Bool {
        switch self {
        case .worker, .pool: true
        case .http, .amqp: false
        }
    }

    /// As in the API, with every default; of secrets no more than their number, and the names of their headers.
    package var json: JSONValue { json(http: \.json) }

    /// The same with the secrets, as stores have it; never for an answer, an export or a log.
    package var storedJSON: JSONValue { json(http: \.storedJSON) }

    /// The JSON of a delivery as ``json`` has it, whatever is in it.
    package static func masked(_ json: JSONValue) -> JSONValue {
        guard case .object(var ways) = json, case .object(var http)? = ways["http"] else { return json }
        if case .array(let secrets)? = http["signingSecrets"] {
            http["signingSecrets"] = .int(Int64(secrets.count))
        }
        if case .object(let headers)? = http["secretHeaders"] {
            http["secretHeaders"] = .array(headers.keys.sorted().map { .string($0) })
        }
        ways["http"] = .object(http)
        return .object(ways)
    }

    /// Whether something of it is for nobody's eyes.
    var hasSecrets: Bool { http.map { !$0.secretHeaders.isEmpty || !$0.signingSecrets.isEmpty } ?? false }

    private func json(http form: (HTTPDelivery) -> JSONValue) -> JSONValue {
        switch self {
        case .worker: .object(["worker": .object([:])])
        case .pool(let name): .object(["worker": .object(["pool": .string(name.text)])])
        case .http(let http): .object(["http": form(http)])
        case .amqp(let amqp): .object(["amqp": amqp.json])
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
    /// The most headers of a job, and the most secret ones.
    package static let mostHeaders = 64
    /// The most secrets that a request is signed with.
    package static let mostSecrets = 16
    /// As a job may have it; 0 = no limit of its own.
    package static let concurrency: ClosedRange<Int64> = 0...100_000

    /// An absolute `http` or `https` URL of printable ASCII, without user info and fragment; see ``url(_:)``.
    package var url: Template { didSet { authority = Self.authority(of: url) } }
    /// Host and port as they are written in the URL, in lower case: what the bound per host goes by.
    package private(set) var authority: String
    package var method = Method.post
    /// By name, as they were given; no two names, those of ``secretHeaders`` included, differ in case only.
    package var headers: [String: Template] = [:]
    /// Headers whose values nobody is shown; they are sent as they stand, without templates.
    package var secretHeaders: [String: Secret] = [:]
    /// From the moment that the request is begun to the last byte of the answer that is read.
    package var timeout = Duration.seconds(30)
    /// Each makes a signature of its own, so that one can be replaced while receivers know only the other.
    package var signingSecrets: [SigningSecret] = []
    /// The most requests of the job that are in flight at the same time; 0 = no limit of its own.
    package var maxConcurrent = 0

    /// A `POST` to a URL that ``url(_:)`` has read.
    package init(url: Template) {
        self.url = url
        authority = Self.authority(of: url)
    }

    /// A `POST` to a URL that is good, and has no templates.
    package init(url: String) {
        self.init(url: Template(plain: url))
    }

    private static func authority(of url: Template) -> String {
        String(url.text.lowercased().drop { $0 != "/" }.drop { $0 == "/" }.prefix { !"/?#".contains($0) })
    }

    /// As in the API.
    fileprivate var json: JSONValue {
        json(
            secretHeaders: .array(secretHeaders.keys.sorted().map { .string($0) }),
            signingSecrets: .int(Int64(signingSecrets.count)))
    }

    /// As in documents.
    fileprivate var storedJSON: JSONValue {
        json(
            secretHeaders: .object(secretHeaders.mapValues { .string($0.secretText) }),
            signingSecrets: .array(signingSecrets.map { .string($0.text.secretText) }))
    }

    private func json(secretHeaders: JSONValue, signingSecrets: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [
            "url": .string(url.text), "method": .string(method.rawValue), "timeout": .int(timeout.milliseconds),
        ]
        if !headers.isEmpty { members["headers"] = .object(headers.mapValues { .string($0.text) }) }
        if !self.secretHeaders.isEmpty { members["secretHeaders"] = secretHeaders }
        if !self.signingSecrets.isEmpty { members["signingSecrets"] = signingSecrets }
        if maxConcurrent > 0 { members["maxConcurrent"] = .int(Int64(maxConcurrent)) }
        return .object(members)
    }
}

extension HTTPDelivery {
    /// Reads a URL, which may have templates in its path and query.
    ///
    /// - Throws: what is wrong with it.
    package static func url(_ text: String) throws(InvalidText) -> Template {
        guard text.utf8.count <= longestText else { throw InvalidText("is longer than \(longestText) bytes") }
        let template = try Template(text)
        // What templates put in is percent-encoded: a digit can stand for it.
        let outline = template.parts.map { if case .plain(let text) = $0 { text } else { "0" } }.joined()
        if let problem = problem(url: outline) { throw InvalidText(problem) }
        guard template.parts.count > 1 else { return template }
        // Up to the first template there must be all of scheme, host and port.
        guard case .plain(let start) = template.parts[0], let slashes = start.firstRange(of: "//"),
            start[slashes.upperBound...].contains(where: { "/?".contains($0) })
        else { throw InvalidText("has a template in scheme, host or port; they are for the path and the query") }
        return template
    }

    private static func problem(url text: String) -> String? {
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

    /// What is wrong with the value of a header, as far as its characters go; `nil` = nothing.
    package static func problem(headerValue text: String) -> String? {
        guard text.utf8.count <= longestText else { return "is longer than \(longestText) bytes" }
        let isOneLine = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        return isOneLine ? nil : "holds a line end or another control character"
    }

    /// Reads the value of a header, which may have templates.
    ///
    /// - Throws: what is wrong with it.
    package static func headerValue(_ text: String) throws(InvalidText) -> Template {
        if let problem = problem(headerValue: text) { throw InvalidText(problem) }
        return try Template(text)
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
