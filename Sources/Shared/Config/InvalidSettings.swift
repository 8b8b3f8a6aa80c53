// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that is wrong with a configuration at once, never only the first fault.
package struct InvalidSettings: Error, Equatable, CustomStringConvertible {
    /// At least one.
    package let faults: [SettingFault]

    package init(_ faults: [SettingFault]) {
        self.faults = faults
    }

    /// One line per fault.
    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
