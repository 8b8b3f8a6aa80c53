// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A setting as a program uses it, for `--check`: fit to be shown.
package struct ResolvedSetting: Hashable, Sendable, CustomStringConvertible {
    /// Which one.
    package let name: SettingName
    /// Its value, credentials masked; empty when it is not set.
    package let shownValue: String
    /// Who set it.
    package let origin: SettingOrigin

    /// One line in the syntax of an env file.
    package var description: String {
        "\(name.rawValue)=\(EscapedText.bare(shownValue)) # \(EscapedText.bare(origin.description))"
    }
}
