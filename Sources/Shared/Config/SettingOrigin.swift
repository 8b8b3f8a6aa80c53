// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the value of a setting came from.
package indirect enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case environment
    /// An env file, by the path it was read from.
    case file(String)
    case builtIn
    /// A variable of another name, and where that is.
    case other(String, SettingOrigin)
    /// Nobody set it, and it has no default.
    case nowhere

    package var description: String {
        switch self {
        case .environment: "environment"
        case .file(let path): "file \(path)"
        case .builtIn: "default"
        case .other(let name, let origin): "\(name), \(origin)"
        case .nowhere: "not set"
        }
    }
}
