// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JobReader {
    mutating func delivery(_ field: String, _ value: FieldValue) -> JobDelivery? {
        guard case .json(.object(let members)) = value else {
            add(field, found: value, expected: "an object with worker or http")
            return nil
        }
        let ways = members.filter { $0.value != .null || origin == .json }.sorted { $0.key < $1.key }
        guard let (name, way) = ways.first, ways.count == 1 else {
            add(field, "has \(ways.isEmpty ? "no" : "more than one") way; expected one of worker, http")
            return nil
        }
        let path = "\(field).\(name)"
        switch name {
        case "worker": return worker(path, way)
        case "http": return http(path, way).map { .http($0) }
        case "amqp", "kafka": add(path, "is not there yet; expected worker or http")
        default: add("\(field).\(FieldFault.shown(name))", "is not one of worker, http")
        }
        return nil
    }

    private mutating func worker(_ path: String, _ value: JSONValue) -> JobDelivery? {
        guard let members = members(path, value) else { return nil }
        for (name, _) in members {
            let problem = name == "pool" ? "is not there yet: a job has a queue of its own" : "is not known"
            add("\(path).\(FieldFault.shown(name))", problem)
        }
        return members.isEmpty ? .worker : nil
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
                if let problem = HTTPDelivery.problem(url: text) { add(part, problem) } else { http.url = text }
            case "method":
                let known = HTTPDelivery.Method.allCases
                if case .string(let text) = value, let method = HTTPDelivery.Method(rawValue: text) {
                    http.method = method
                } else {
                    add(part, "is none of \(known.map(\.rawValue).joined(separator: ", "))")
                }
            case "headers": http.headers = headers(part, value)
            case "timeout": http.timeout = span(part, .json(value), HTTPDelivery.timeouts) ?? http.timeout
            case "secretHeaders", "signingSecrets", "maxConcurrent": add(part, "is not there yet")
            default:
                add(
                    "\(path).\(FieldFault.shown(name))",
                    "is not one of url, method, headers, timeout")
            }
        }
        if !hasURL { add("\(path).url", "is missing") }
        return http
    }

    private mutating func headers(_ path: String, _ value: JSONValue) -> [String: String] {
        guard let members = members(path, value) else { return [:] }
        if members.count > HTTPDelivery.mostHeaders { add(path, "has more than \(HTTPDelivery.mostHeaders) headers") }
        var headers: [String: String] = [:]
        var names: Set<String> = []
        for (name, value) in members {
            let part = "\(path).\(FieldFault.shown(name))"
            guard case .string(let text) = value else {
                add(part, found: .json(value), expected: "a string")
                continue
            }
            if let problem = HTTPDelivery.problem(header: name) ?? HTTPDelivery.problem(headerValue: text) {
                add(part, problem)
            } else if !names.insert(name.lowercased()).inserted {
                add(part, "is there twice, in another case of its letters")
            }
            headers[name] = text
        }
        return headers
    }

    /// The members of an object by name, in a document without those that are null; `nil` after a fault.
    private mutating func members(_ path: String, _ value: JSONValue) -> [(String, JSONValue)]? {
        guard case .object(let members) = value else {
            add(path, found: .json(value), expected: "an object")
            return nil
        }
        return members.filter { $0.value != .null || origin == .json }.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value)
        }
    }
}
