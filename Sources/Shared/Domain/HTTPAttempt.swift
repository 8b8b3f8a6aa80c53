// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What was seen of the request that an attempt was; what it did not come to, or could not be known, is `nil`.
///
/// Spans are milliseconds with three digits after the point at most. Where a connection was used again there are no
/// `connect` and `tls`.
package struct HTTPAttempt: Hashable, Sendable {
    /// The status of the answer.
    package var status: Int?
    /// The address that was called, without port.
    package var address: String?
    /// How long the name took.
    package var resolve: Double?
    /// How long the connection took, TLS not included.
    package var connect: Double?
    /// How long TLS took.
    package var tls: Double?
    /// From the beginning of the attempt to the head of the answer.
    package var firstByte: Double?
    /// From the beginning of the attempt to the last byte that was read, or to its failure.
    package var total: Double?

    /// Nothing seen yet.
    package init() {}

    private static let spans: [(name: String, path: any WritableKeyPath<HTTPAttempt, Double?> & Sendable)] = [
        ("resolve", \.resolve), ("connect", \.connect), ("tls", \.tls), ("firstByte", \.firstByte), ("total", \.total),
    ]

    /// As in the API and in documents; what is `nil` is left out.
    package var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["status"] = status.map { .int(Int64($0)) }
        members["address"] = address.map { .string($0) }
        for (name, path) in Self.spans { members[name] = self[keyPath: path].map { .double($0) } }
        return .object(members)
    }

    /// Reads the members of ``json``, by name; what cannot be understood is left out.
    package init(_ member: (String) -> JSONValue?) {
        if case .int(let value) = member("status") { status = Int(clamping: value) }
        if case .string(let text) = member("address") { address = text }
        for (name, path) in Self.spans {
            switch member(name) {
            case .double(let value): self[keyPath: path] = value
            case .int(let value): self[keyPath: path] = Double(value)
            default: break
            }
        }
    }
}
