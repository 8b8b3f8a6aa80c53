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
        let path = path.map { "/" + Self.encoded($0) }.joined()
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    /// Percent-encodes everything but the unreserved characters of RFC 3986.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
