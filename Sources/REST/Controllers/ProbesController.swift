// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import CoreMetrics
package import Hummingbird
import ServiceHost
package import Shared

/// What is open to everybody who reaches the port: status, document, health and metrics.
package struct ProbesController: Sendable {
    private let metrics: PrometheusMetrics?
    private let readiness: @Sendable () async -> [ReadinessCheck]

    /// `metrics` is shown when it is our own kind.
    package init(metrics: any MetricsFactory, readiness: @escaping @Sendable () async -> [ReadinessCheck]) {
        self.metrics = metrics as? PrometheusMetrics
        self.readiness = readiness
    }

    /// `GET /api/status`, as the Go program answers it.
    package func status() -> Response { Answer.bytes(Array(#"{"status":"OK"}"#.utf8), Answer.json) }

    /// `GET /api/openapi.json`.
    package func document() -> Response { Answer.bytes(OpenAPIDocument.json, Answer.json) }

    /// `GET /livez`: the process serves.
    package func liveness() -> Response { Answer.bytes(Array("ok\n".utf8), "text/plain; charset=utf-8") }

    /// `GET /readyz`: what is missing, if anything.
    package func ready() async -> Response {
        let report = ReadinessReport(await readiness())
        return Answer.bytes(Array(report.json.utf8), Answer.json, report.isReady ? .ok : .serviceUnavailable)
    }

    /// `GET /metrics`: for Prometheus.
    package func series() -> Response {
        Answer.bytes(Array((metrics?.render() ?? "").utf8), PrometheusMetrics.contentType)
    }
}
