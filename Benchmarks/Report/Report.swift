// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Histogram

/// Gathers the figures, and what was found when the books were checked.
final class Report {
    private let tell: (String) -> Void
    private var notes: [String] = []
    private var figures: [Figure] = []
    private var checks: [String] = []
    /// What makes figures worthless.
    private(set) var failures: [String] = []

    /// `tell` is for who watches the run.
    init(tell: @escaping (String) -> Void) {
        self.tell = tell
    }

    /// Adds lines about the circumstances.
    func note(_ lines: [String]) {
        notes += lines
    }

    /// Adds a figure.
    func add(_ name: String, _ value: Double, _ unit: String, goal: Goal? = nil) {
        figures.append(Figure(name: name, value: value, unit: unit, goal: goal))
        tell("\(name): \(value.shortText) \(unit)")
    }

    /// Adds the percentiles of a histogram of microseconds, in ms.
    func addLags(_ name: String, _ lags: Histogram<UInt32>, p99Goal: Double? = nil) {
        for (suffix, percentile) in [("p50", 50.0), ("p99", 99), ("p999", 99.9), ("max", 100)] {
            let goal = suffix == "p99" ? p99Goal.map { Goal.atMost($0) } : nil
            add("\(name).\(suffix)", Double(lags.valueAtPercentile(percentile)) / 1000, "ms", goal: goal)
        }
    }

    /// What a figure of this run was; `nil` when its part did not run.
    func value(_ name: String) -> Double? {
        figures.first { $0.name == name }?.value
    }

    /// Notes the result of a look at the books.
    func check(_ part: String, _ text: String, isRight: Bool) {
        checks.append("\(isRight ? "ok   " : "WRONG") \(part): \(text)")
        if !isRight { failures.append("\(part): \(text)") }
    }

    /// Notes that a part failed.
    func fail(_ part: String, _ reason: String) {
        failures.append("\(part): \(reason)")
    }

    /// Everything, for people and then for machines.
    func text(_ settings: BenchmarkSettings) -> String {
        var lines = [""] + notes
        if settings.scale != 1 { lines.append("scale     \(settings.scale): a trial, the figures mean nothing") }
        lines += ["", row("figure", "value", "unit", "goal"), String(repeating: "-", count: 76)]
        for figure in figures {
            let verdict = figure.goal.map { "\($0.text)  \($0.isReached(by: figure.value) ? "reached" : "MISSED")" }
            lines.append(row(figure.name, figure.value.shortText, figure.unit, verdict ?? ""))
        }
        lines += ["", "Books (slots, run documents, messages):"] + checks
        if !failures.isEmpty { lines += ["", "FAILED:"] + failures }
        lines.append("")
        lines += figures.map { "figure \($0.name) \($0.value.shortText) \($0.unit)" }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ value: String, _ unit: String, _ goal: String) -> String {
        "\(name.padded(to: 36))\(value.padded(toRight: 10)) \(unit.padded(to: 14)) \(goal)"
    }
}
