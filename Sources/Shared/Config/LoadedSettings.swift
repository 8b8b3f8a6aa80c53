// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Settings that hold, with what is to be said about them.
package struct LoadedSettings<Settings: ServiceSettings>: Sendable {
    /// The settings themselves.
    package let settings: Settings
    /// What an operator may want to know; one line each, for the log.
    package let warnings: [String]
    /// Each setting with its origin, in reading order, for `--check`.
    package let resolved: [ResolvedSetting]

    /// Reads all settings of a program.
    ///
    /// - Throws: ``InvalidSettings`` with every fault there is.
    package init(_ source: SettingSource) throws(InvalidSettings) {
        var reader = SettingsReader(source)
        settings = Settings(from: &reader)
        reader.warnOfUnknownNames()
        guard reader.faults.isEmpty else { throw InvalidSettings(reader.faults) }
        warnings = reader.warnings
        resolved = reader.resolved
    }
}
