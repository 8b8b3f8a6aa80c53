// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Shared

/// Serves `/livez`, `/readyz` and `/metrics` to an operator's machinery, without authentication: for an address that
/// only that machinery reaches.
struct HealthServer: Service {
    let address: ListenAddress
    let metrics: PrometheusMetrics
    let readiness: @Sendable () async -> [ReadinessCheck]
    let logger: Logger

    /// Serves until the task is cancelled or the stop begins.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be listened on.
    func run() async throws {
        let server = WebServer(
            router.buildResponder(), address: address, setting: .healthAddress,
            channel: .init(
                idleTimeout: .seconds(30),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64)),
            connections: 64, logger: logger)
        try await server.serve { [logger] bound in
            logger.log(.info, "serving health and metrics", [.address: "\(bound)"])
        }
    }

    private var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("livez") { _, _ in Self.response(.ok, "text/plain; charset=utf-8", "ok\n") }
        router.get("readyz") { [readiness] _, _ in
            let report = ReadinessReport(await readiness())
            return Self.response(report.isReady ? .ok : .serviceUnavailable, "application/json", report.json)
        }
        router.get("metrics") { [metrics] _, _ in
            Self.response(.ok, PrometheusMetrics.contentType, metrics.render())
        }
        return router
    }

    private static func response(_ status: HTTPResponse.Status, _ contentType: String, _ body: String) -> Response {
        Response(
            status: status, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
