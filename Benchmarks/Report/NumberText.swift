// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation

extension Double {
    /// With as many digits as say something.
    var shortText: String {
        switch abs(self) {
        case 0: "0"
        case ..<1: String(format: "%.3f", self)
        case ..<10: String(format: "%.2f", self)
        case ..<1000: String(format: self == rounded() ? "%.0f" : "%.1f", self)
        default: String(format: "%.0f", self)
        }
    }
}

extension String {
    /// Filled up with spaces on the right.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// Filled up with spaces on the left.
    func padded(toRight width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
