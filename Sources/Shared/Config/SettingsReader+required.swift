// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension SettingsReader {
    /// A text that has no default; its absence is a fault, and then it is empty.
    package mutating func required(
        _ name: SettingName, expected: String, isLegal: (String) -> Bool
    ) -> String {
        if !isSet(name) { fault(name, expected: expected) }
        return optional(name, expected: expected, show: { $0 }, parse: { isLegal($0) ? $0 : nil }) ?? ""
    }
}
