// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OIDC
import REST
import ServiceHost
import Shared
import TestSupport

/// The API without a server: requests in, answers out.
struct APITester {
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: JSONValue?

        subscript(_ member: String) -> JSONValue? {
            if case .object(let members) = body { members[member] } else { nil }
        }

        /// The names of the faulty fields, in order.
        var faultyFields: [String] {
            guard case .array(let errors)? = self["errors"] else { return [] }
            return errors.compactMap { error in
                guard case .object(let members) = error, case .string(let field)? = members["field"] else { return nil }
                return field
            }
        }
    }

    static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    let store = MemoryAdminStore(now: { APITester.now })
    let responder: APIResponder

    /// Stores a job of which only this much can be read, with a fault of its own where `broken` says so.
    func put(_ name: String, _ fields: [String: FieldValue], broken: FieldFault? = nil) throws {
        var record = MemoryAdminStore.record(try JobName(name), fields)
        if let broken { (record.job, record.faults) = (nil, record.faults + [broken]) }
        store.change { [record] state in state.jobs[record.name] = record }
    }

    init(_ adjust: (inout APIParts) -> Void = { _ in }) {
        var parts = APIParts(
            store: store, verifier: ScopesAsToken(), clock: SettableClock(now: Self.now),
            hints: HintSender(bus: MemoryBroker().bus()),
            readiness: { [] }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        adjust(&parts)
        responder = APIResponder(parts)
    }

    /// `token` is the list of scopes; an empty one sends no token.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        token: String = "jobs:read,jobs:write,runs:read,runs:write", headers: HTTPFields = [:],
        host: String = "test"
    ) async throws -> Answer {
        var fields = headers
        if !token.isEmpty { fields[.authorization] = "Bearer \(token)" }
        if let body { fields[.contentLength] = "\(body.utf8.count)" }
        let head = HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let response = try await responder.respond(to: request, context: APIContext())
        let writer = CollectingWriter()
        try await response.body.write(writer)
        let bytes = writer.bytes
        return Answer(
            status: response.status.code, headers: response.headers,
            body: bytes.isEmpty ? nil : try? JSONReader.read(bytes))
    }
}

/// Takes `scope,scope` for a token; `expired` and `down` for what they say.
private struct ScopesAsToken: TokenVerifier {
    func verify(_ token: String) async throws(TokenError) -> Principal {
        if token == "expired" { throw .expired }
        if token == "down" { throw .issuerUnavailable }
        return Principal(
            subject: "tester", clientID: "tests", scopes: Set(token.split(separator: ",").map { String($0) }),
            expiresAt: .latest)
    }
}

/// Keeps what a response writes.
private final class CollectingWriter: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes += Array(buffer.readableBytesView) }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
