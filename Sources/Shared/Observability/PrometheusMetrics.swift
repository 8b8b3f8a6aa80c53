// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Metrics
private import Synchronization

/// A swift-metrics backend that keeps all series in memory and shows them to Prometheus.
///
/// Counters are counters, recorders gauges of the latest value, timers histograms in seconds. Any thread may record and
/// render. A series stays as long as the process: labels are bounded.
package final class PrometheusMetrics: MetricsFactory {
    /// The content type of ``render()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Family {
        let kind: String
        var series: [String: any PrometheusSeries] = [:]
    }

    private let help: [String: String]
    private let families = Mutex<[String: Family]>([:])

    /// `help` has the `# HELP` texts by metric name.
    package init(
        help: [String: String] = Dictionary(
            uniqueKeysWithValues: MetricName.allCases.map { ($0.rawValue, $0.help) })
    ) {
        self.help = help
    }

    /// All series in the text format, sorted by name and labels.
    package func render() -> String {
        var lines: [String] = []
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            if let help = help[name] { lines.append("# HELP \(name) \(PrometheusText.escaped(help, quote: false))") }
            lines.append("# TYPE \(name) \(family.kind)")
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                lines += series.samples().map { PrometheusText.line(name, labels: labels, sample: $0) }
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, PrometheusCounter.init)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, PrometheusGauge.init)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, PrometheusHistogram.init)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of this name and these labels.
    ///
    /// A name that is taken by another kind gets one that is never shown.
    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Series
    ) -> Series {
        let name = PrometheusText.name(label, allowsColon: true)
        let labels = PrometheusText.labels(dimensions)
        return families.withLock { families in
            var family = families[name] ?? Family(kind: Series.kind)
            if let known = family.series[labels] { return known as? Series ?? make() }
            let new = make()
            guard family.kind == Series.kind else { return new }
            family.series[labels] = new
            families[name] = family
            return new
        }
    }
}
