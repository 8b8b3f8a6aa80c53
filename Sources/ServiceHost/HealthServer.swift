// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Shared
private import Synchronization

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
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let isListening = Atomic(false)
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(30),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(64)),
            onServerRunning: { [logger, address] channel in
                isListening.store(true, ordering: .relaxed)
                let bound = ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port)
                logger.log(.info, "serving health and metrics", [.address: "\(bound)"])
            },
            logger: quiet)
        do {
            try await application.run()
        } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
            let expected = "an address of this machine that is free to listen on (\(error))"
            throw InvalidSettings([SettingFault(.healthAddress, value: address.description, expected: expected)])
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
