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

@testable import CLICommands

/// The API's own code over a store in memory, with a clock that can be set, and somebody who fires what is due.
final class RealAPI: APITransport, TokenSource {
    private let time: SettableClock
    let store: MemoryAdminStore
    private let responder: APIResponder

    init(now: Timestamp) {
        let time = SettableClock(now: now)
        self.time = time
        store = MemoryAdminStore(now: { time.now() })
        responder = APIResponder(
            APIParts(
                store: store, verifier: Everybody(), clock: time, hints: HintSender(bus: MemoryBroker().bus()),
                readiness: { [] }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    var client: APIClient { APIClient(tokens: self, transport: self) }

    var now: Timestamp {
        get { time.now() }
        set { time.set(newValue) }
    }

    func token() async throws -> String { "t" }
    func token(insteadOf refused: String) async throws -> String { "t" }

    func send(_ request: APIRequest, token: String) async throws(CLIFailure) -> APIAnswer {
        var head = HTTPRequest(
            method: HTTPRequest.Method(rawValue: request.method.rawValue) ?? .get, scheme: "http", authority: "test",
            path: "/api" + request.target)
        head.headerFields[.authorization] = "Bearer \(token)"
        for (name, value) in request.headers { HTTPField.Name(name).map { head.headerFields[$0] = value } }
        var json = JSONWriter()
        if let body = request.body { json.write(body) }
        do {
            let body = RequestBody(buffer: ByteBuffer(bytes: request.body == nil ? [] : json.bytes))
            let response = try await responder.respond(to: Request(head: head, body: body), context: APIContext())
            let collector = Collector()
            try await response.body.write(collector)
            let headers = response.headers.map { ($0.name.rawName.lowercased(), $0.value) }
            return APIAnswer(
                status: response.status.code, headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
                body: collector.bytes)
        } catch { throw CLIFailure(.other, "\(error)") }
    }

    /// Moves every enabled job past what is due by now, as a Scheduler would.
    func fire() {
        let now = now
        store.change { state in
            for (name, record) in state.jobs {
                guard var job = record.job, job.isEnabled, let first = job.nextRunAt, job.dueAt(first) <= now else {
                    continue
                }
                let start = job.firstSlot(from: first)
                job.nextRunAt = start
                if let due = start.flatMap({ job.latestDue(from: $0, at: now) }) {
                    job.nextRunAt = job.slot(after: due.slot)
                }
                state.jobs[name] = MemoryAdminStore.record(job, edition: record.edition)
            }
        }
    }

    private struct Everybody: TokenVerifier {
        func verify(_ token: String) async throws(TokenError) -> Principal {
            Principal(
                subject: "tester", clientID: nil, scopes: ["jobs:read", "jobs:write", "runs:read", "runs:write"],
                expiresAt: .latest)
        }
    }

    private final class Collector: ResponseBodyWriter {
        private(set) var bytes: [UInt8] = []

        func write(_ buffer: ByteBuffer) async throws { bytes += Array(buffer.readableBytesView) }
        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
