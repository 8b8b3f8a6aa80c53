// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// One request to the API.
struct APIRequest: Sendable, Equatable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    var method = Method.get
    /// The segments below the API's address, as they are; encoded when sent.
    var path: [String]
    var query: [QueryItem] = []
    var headers: [String: String] = [:]
    var body: JSONValue?

    struct QueryItem: Sendable, Equatable {
        var name: String
        var value: String
    }

    init(_ method: Method = .get, _ path: String..., body: JSONValue? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }

    /// Adds a parameter, or nothing.
    mutating func add(_ name: String, _ value: String?) {
        if let value { query.append(QueryItem(name: name, value: value)) }
    }

    /// The path and the query, to follow the API's address.
    var target: String {
        let path = path.map { "/" + PercentText.encode($0) }.joined()
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\(PercentText.encode($0.name))=\(PercentText.encode($0.value))" }.joined(separator: "&")
    }
}
