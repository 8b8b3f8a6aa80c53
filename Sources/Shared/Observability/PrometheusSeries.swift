// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One series of a metric: it knows its kind and its present samples.
protocol PrometheusSeries: AnyObject, Sendable {
    /// The word after `# TYPE`.
    static var kind: String { get }
    /// The samples now, to be shown in this order.
    func samples() -> [PrometheusSample]
}

/// A sample of a series: what is added to its name and its labels, and the value.
struct PrometheusSample: Sendable {
    var suffix = ""
    var label: (String, String)?
    var value: Double
}
