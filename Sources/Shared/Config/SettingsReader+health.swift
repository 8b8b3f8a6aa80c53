// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension SettingsReader {
    /// Where to serve health and metrics.
    ///
    /// - SIMPLE_SCHEDULER_HEALTH_ADDRESS (`host:port`, none): port 0 takes a free one and logs it.
    package mutating func healthAddress() -> ListenAddress? {
        optional(
            .healthAddress, expected: ListenAddress.expected, show: \.description, parse: { ListenAddress($0) })
    }
}
