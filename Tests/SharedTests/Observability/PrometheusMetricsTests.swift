// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Metrics
import Shared
import Testing

struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics(help: ["a_total": "Counts \\ and\nbreaks."])

    @Test func `the whole format`() {
        let counter = Counter(label: "a_total", dimensions: [("z", "q\"\\\n"), ("b", "x")], factory: metrics)
        counter.increment(by: 3)
        Counter(label: "a_total", dimensions: [("b", "y")], factory: metrics).increment()
        Gauge(label: "g", factory: metrics).record(-1.5)
        let meter = Meter(label: "m", factory: metrics)
        meter.set(5)
        meter.decrement(by: 2)
        #expect(
            metrics.render() == #"""
                # HELP a_total Counts \\ and\nbreaks.
                # TYPE a_total counter
                a_total{b="x",z="q\"\\\n"} 3
                a_total{b="y"} 1
                # TYPE g gauge
                g -1.5
                # TYPE m gauge
                m 3

                """#)
    }

    @Test func `a timer is a cumulative histogram in seconds`() {
        let timer = Timer(label: "t_seconds", dimensions: [("k", "v")], factory: metrics)
        for milliseconds in [0, 1, 2, 30_000, 61_000] as [Int64] { timer.recordMilliseconds(milliseconds) }
        let lines = metrics.render().split(separator: "\n")
        #expect(lines.first == "# TYPE t_seconds histogram")
        #expect(lines.contains(#"t_seconds_bucket{k="v",le="0.001"} 2"#))
        #expect(lines.contains(#"t_seconds_bucket{k="v",le="0.0025"} 3"#))
        #expect(lines.contains(#"t_seconds_bucket{k="v",le="10"} 3"#))
        #expect(lines.contains(#"t_seconds_bucket{k="v",le="30"} 4"#))
        #expect(lines.contains(#"t_seconds_bucket{k="v",le="60"} 4"#))
        #expect(lines.contains(#"t_seconds_bucket{k="v",le="+Inf"} 5"#))
        #expect(lines.contains(#"t_seconds_sum{k="v"} 91.003"#))
        #expect(lines.contains(#"t_seconds_count{k="v"} 5"#))
        #expect(lines.count == 1 + 16 + 2)
    }

    @Test func `names are made legal`() {
        Counter(label: "9.a-b:c é", dimensions: [("x.y", "1"), ("le gal", "2")], factory: metrics).increment()
        #expect(metrics.render() == "# TYPE __a_b:c__ counter\n__a_b:c__{le_gal=\"2\",x_y=\"1\"} 1\n")
    }

    @Test(arguments: [(Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300"), (0.1, "0.1")])
    func `numbers are as Prometheus reads them`(value: Double, shown: String) {
        Gauge(label: "g", factory: metrics).record(value)
        #expect(metrics.render() == "# TYPE g gauge\ng \(shown)\n")
    }

    @Test func `one name and labels are one series, and another kind under that name is not shown`() {
        Counter(label: "a", factory: metrics).increment()
        Counter(label: "a", factory: metrics).increment()
        Gauge(label: "a", factory: metrics).record(9)
        Gauge(label: "a", dimensions: [("b", "c")], factory: metrics).record(9)
        #expect(metrics.render() == "# TYPE a counter\na 2\n")
    }

    @Test func `many threads at once lose nothing`() async {
        let metrics = metrics
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        Counter(label: "n", factory: metrics).increment()
                        Timer(label: "t", factory: metrics).recordNanoseconds(1)
                    }
                }
                group.addTask { for _ in 0..<50 { _ = metrics.render() } }
            }
        }
        let lines = metrics.render().split(separator: "\n")
        #expect(lines.contains("n 8000"))
        #expect(lines.contains("t_count 8000"))
    }

    @Test func `the guide names every metric and every log key`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let guide = try String(contentsOf: root.appending(path: "docs/telemetry.md"), encoding: .utf8)
        for name in MetricName.allCases { #expect(guide.contains("| `\(name.rawValue)` |"), "\(name)") }
        for key in LogKey.allCases { #expect(guide.contains("| `\(key.rawValue)` |"), "\(key)") }
        let settings = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        for name in SettingName.allCases { #expect(settings.contains("| `\(name.rawValue)` |"), "\(name)") }
    }
}
