// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The settings of one of our long-running programs: only what it uses.
package protocol ServiceSettings: Sendable {
    /// How it logs.
    var log: LogSettings { get }
    /// Where it serves its health and metrics; `nil` = nowhere.
    var healthAddress: ListenAddress? { get }

    /// Reads each setting once. Faults are noted in the reader, not thrown.
    init(from reader: inout SettingsReader)
}
