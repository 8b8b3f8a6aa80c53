// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension SettingName {
    /// The known name that `text` was most likely meant to be; `nil` = it resembles none.
    package static func nearest(to text: String) -> SettingName? {
        text.nearest(in: allCases.map(\.rawValue), within: 4).flatMap { SettingName(rawValue: $0) }
    }
}
