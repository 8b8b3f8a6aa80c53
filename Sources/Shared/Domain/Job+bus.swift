// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Job {
    /// Whether its runs leave over the message bus, so that there must be one.
    package var needsBus: Bool { delivery.http == nil }

    /// What is said of a job that needs a bus where there is none.
    package static let busIsMissing =
        "needs a message bus, and there is none: set \(SettingName.busConnectionString.rawValue), or choose another delivery"
}
