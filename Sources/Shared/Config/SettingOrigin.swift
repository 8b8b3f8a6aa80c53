// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the value of a setting came from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case environment
    /// An env file, by the path it was read from.
    case file(String)
    case builtIn
    /// Nobody set it, and it has no default.
    case nowhere

    package var description: String {
        switch self {
        case .environment: "environment"
        case .file(let path): "file \(path)"
        case .builtIn: "default"
        case .nowhere: "not set"
        }
    }
}
