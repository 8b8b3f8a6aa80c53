// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Metrics

/// A label with one of the values of an enumeration.
package struct MetricDimension: Sendable {
    let pair: (String, String)

    /// Binds a label to a case.
    package init<Value: RawRepresentable<String> & CaseIterable>(_ label: MetricLabel, _ value: Value) {
        pair = (label.rawValue, value.rawValue)
    }
}

extension Counter {
    /// A count that only grows; its name ends in `_total`.
    package convenience init(_ name: MetricName, _ dimensions: MetricDimension...) {
        self.init(label: name.rawValue, dimensions: dimensions.map(\.pair))
    }
}

extension Gauge {
    /// The latest value of something.
    package convenience init(_ name: MetricName, _ dimensions: MetricDimension...) {
        self.init(label: name.rawValue, dimensions: dimensions.map(\.pair))
    }
}

extension Timer {
    /// A histogram of durations; its name ends in `_seconds`.
    package convenience init(_ name: MetricName, _ dimensions: MetricDimension...) {
        self.init(label: name.rawValue, dimensions: dimensions.map(\.pair))
    }
}
