// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import NIOCore
import Shared

/// Answers what is asked at a health address; what it does not have it says in plain text.
struct HealthResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let text = "text/plain; charset=utf-8"
    private static let allowed = "GET, HEAD, OPTIONS"

    let metrics: PrometheusMetrics
    let readiness: @Sendable () async -> [ReadinessCheck]

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let path = (request.head.path ?? "").prefix { $0 != "?" }
        guard ["/livez", "/readyz", "/metrics", "*"].contains(path) else {
            return Self.response(
                .notFound, Self.text, "there is nothing at this path, but at /livez, /readyz, /metrics\n")
        }
        switch request.method {
        case .get, .head: break
        case .options: return Response(status: .noContent, headers: [.allow: Self.allowed])
        default:
            var response = Self.response(.methodNotAllowed, Self.text, "this path takes \(Self.allowed)\n")
            response.headers[.allow] = Self.allowed
            return response
        }
        switch path {
        case "/livez": return Self.response(.ok, Self.text, "ok\n")
        case "/readyz":
            let report = ReadinessReport(await readiness())
            return Self.response(report.isReady ? .ok : .serviceUnavailable, "application/json", report.json)
        default: return Self.response(.ok, PrometheusMetrics.contentType, metrics.render())
        }
    }

    /// One sentence.
    static func wording(of refusal: Refusal) -> (fields: HTTPFields, body: [UInt8]) {
        ([.contentType: text, .cacheControl: "no-store"], Array((refusal.detail + "\n").utf8))
    }

    private static func response(_ status: HTTPResponse.Status, _ contentType: String, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
