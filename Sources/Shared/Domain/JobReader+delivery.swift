// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JobReader {
    /// The secrets in a delivery as a store has it, whatever else is wrong with that; `nil` = it is no request.
    package static func secrets(stored value: FieldValue?) -> HTTPDelivery? {
        guard case .json(.object(let ways))? = value, case .object(let http)? = ways["http"] else { return nil }
        var secrets = HTTPDelivery(url: "")
        var reader = JobReader(from: .document)
        let headers = reader.secretHeaders("", http["secretHeaders"] ?? .null)
        if reader.faults.isEmpty { secrets.secretHeaders = headers }
        reader = JobReader(from: .document)
        let signing = reader.signingSecrets("", http["signingSecrets"] ?? .null)
        if reader.faults.isEmpty { secrets.signingSecrets = signing }
        return secrets
    }

    mutating func delivery(_ field: String, _ value: FieldValue) -> JobDelivery? {
        guard case .json(.object(let members)) = value else {
            add(field, found: value, expected: "an object with worker, http or amqp")
            return nil
        }
        let ways = members.filter { $0.value != .null || origin == .json }.sorted { $0.key < $1.key }
        guard let (name, way) = ways.first, ways.count == 1 else {
            add(field, "has \(ways.isEmpty ? "no" : "more than one") way; expected one of worker, http, amqp")
            return nil
        }
        let path = "\(field).\(name)"
        switch name {
        case "worker": return worker(path, way)
        case "http": return http(path, way).map { .http($0) }
        case "amqp": return amqp(path, way).map { .amqp($0) }
        case "kafka": add(path, "is not there yet; expected worker, http or amqp")
        default: add("\(field).\(FieldFault.shown(name))", "is not one of worker, http, amqp")
        }
        return nil
    }

    private mutating func worker(_ path: String, _ value: JSONValue) -> JobDelivery? {
        guard let members = members(path, value) else { return nil }
        var delivery = JobDelivery.worker
        for (name, value) in members {
            let part = "\(path).\(FieldFault.shown(name))"
            switch (name, value) {
            case ("pool", .string(let text)):
                do { delivery = .pool(try PoolName(text)) } catch { add(part, error.reason) }
            case ("pool", _): add(part, found: .json(value), expected: "a string")
            default: add(part, "is not known; expected pool")
            }
        }
        return delivery
    }

    private mutating func http(_ path: String, _ value: JSONValue) -> HTTPDelivery? {
        guard let members = members(path, value) else { return nil }
        var http = HTTPDelivery(url: "")
        var hasURL = false
        for (name, value) in members {
            let part = "\(path).\(name)"
            switch name {
            case "url":
                hasURL = true
                guard case .string(let text) = value else {
                    add(part, found: .json(value), expected: "a string")
                    continue
                }
                do { http.url = try HTTPDelivery.url(text) } catch { add(part, error.reason) }
            case "method":
                let known = HTTPDelivery.Method.allCases
                if case .string(let text) = value, let method = HTTPDelivery.Method(rawValue: text) {
                    http.method = method
                } else {
                    add(part, "is none of \(known.map(\.rawValue).joined(separator: ", "))")
                }
            case "headers": http.headers = headers(part, value)
            case "secretHeaders": http.secretHeaders = secretHeaders(part, value)
            case "timeout": http.timeout = span(part, .json(value), HTTPDelivery.timeouts) ?? http.timeout
            case "signingSecrets": http.signingSecrets = signingSecrets(part, value)
            case "maxConcurrent":
                http.maxConcurrent = number(part, .json(value), HTTPDelivery.concurrency).map { Int($0) } ?? 0
            default:
                add(
                    "\(path).\(FieldFault.shown(name))",
                    "is not one of url, method, headers, secretHeaders, timeout, signingSecrets, maxConcurrent")
            }
        }
        if !hasURL { add("\(path).url", "is missing") }
        let given = Set(members.map(\.0))
        if !given.contains("secretHeaders") { http.secretHeaders = kept?.secretHeaders ?? [:] }
        if !given.contains("signingSecrets") { http.signingSecrets = kept?.signingSecrets ?? [] }
        let names = Set(http.secretHeaders.keys.map { $0.lowercased() })
        for name in http.headers.keys.sorted() where names.contains(name.lowercased()) {
            add("\(path).headers.\(FieldFault.shown(name))", "is one of secretHeaders, too")
        }
        return http
    }

    private mutating func headers(_ path: String, _ value: JSONValue) -> [String: Template] {
        guard let members = members(path, value) else { return [:] }
        if members.count > HTTPDelivery.mostHeaders { add(path, "has more than \(HTTPDelivery.mostHeaders) headers") }
        var headers: [String: Template] = [:]
        var names: Set<String> = []
        for (name, value) in members {
            let part = "\(path).\(FieldFault.shown(name))"
            guard case .string(let text) = value else {
                add(part, found: .json(value), expected: "a string")
                continue
            }
            if let problem = HTTPDelivery.problem(header: name) {
                add(part, problem)
                continue
            }
            if !names.insert(name.lowercased()).inserted { add(part, Self.isThereTwice) }
            do { headers[name] = try HTTPDelivery.headerValue(text) } catch { add(part, error.reason) }
        }
        return headers
    }

    /// New ones by name; or the names of those that are stored, which keep their values.
    ///
    /// What is no name is not shown: it may be a value in the wrong place.
    private mutating func secretHeaders(_ path: String, _ value: JSONValue) -> [String: Secret] {
        if value.isEmpty { return [:] }
        if case .array(let names) = value {
            let stored = kept?.secretHeaders ?? [:]
            guard names.count == stored.count, Set(names) == Set(stored.keys.map { .string($0) }) else {
                add(
                    path,
                    "is a list, which stands for the headers that are stored, and these are "
                        + (stored.isEmpty ? "none" : stored.keys.sorted().joined(separator: ", "))
                        + "; new ones are an object of names and values")
                return [:]
            }
            return stored
        }
        guard let members = members(path, value) else { return [:] }
        if members.count > HTTPDelivery.mostHeaders { add(path, "has more than \(HTTPDelivery.mostHeaders) headers") }
        var headers: [String: Secret] = [:]
        var names: Set<String> = []
        for (name, value) in members {
            if let problem = HTTPDelivery.problem(header: name) {
                add(path, "has a name that \(problem)")
                continue
            }
            let part = "\(path).\(FieldFault.shown(name))"
            guard case .string(let text) = value else {
                add(part, found: .json(value), expected: "a string")
                continue
            }
            if let problem = HTTPDelivery.problem(headerValue: text) { add(part, problem) }
            if !names.insert(name.lowercased()).inserted { add(part, Self.isThereTwice) }
            headers[name] = Secret(text)
        }
        return headers
    }

    private static let isThereTwice = "is there twice, in another case of its letters"

    /// New ones; or the number of those that are stored, which are kept.
    private mutating func signingSecrets(_ path: String, _ value: JSONValue) -> [SigningSecret] {
        if value.isEmpty { return [] }
        if let number = FieldValue.json(value).wholeNumber {
            let stored = kept?.signingSecrets ?? []
            if number == stored.count { return stored }
            add(
                path,
                "is a number, which stands for the secrets that are stored, and there are \(stored.count); "
                    + "new ones are a list of texts")
            return []
        }
        guard case .array(let texts) = value else {
            add(path, found: .json(value), expected: "a list of texts")
            return []
        }
        if texts.count > HTTPDelivery.mostSecrets { add(path, "has more than \(HTTPDelivery.mostSecrets) secrets") }
        var secrets: [SigningSecret] = []
        for (index, value) in texts.prefix(HTTPDelivery.mostSecrets).enumerated() {
            let which = texts.count > 1 ? "number \(index + 1) " : ""
            guard case .string(let text) = value else {
                add(path, which + "is \(FieldValue.json(value).summary), expected a text")
                continue
            }
            do { secrets.append(try SigningSecret(text)) } catch { add(path, which + error.reason) }
        }
        return secrets
    }

    /// The members of an object by name, in a document without those that are null; `nil` after a fault.
    mutating func members(_ path: String, _ value: JSONValue) -> [(String, JSONValue)]? {
        guard case .object(let members) = value else {
            add(path, found: .json(value), expected: "an object")
            return nil
        }
        return members.filter { $0.value != .null || origin == .json }.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value)
        }
    }
}

extension JSONValue {
    /// Whether it says that there are no secrets.
    fileprivate var isEmpty: Bool {
        switch self {
        case .null: true
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }
}
