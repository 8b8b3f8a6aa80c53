// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials
import Shared

/// The environment variables that the command line reads; an empty one counts as not set.
struct CLIEnvironment: Sendable {
    /// The variables by name, as documented in docs/login.md.
    enum Variable: String, CaseIterable, Sendable {
        case url = "SIMPLE_SCHEDULER_URL"
        case context = "SIMPLE_SCHEDULER_CONTEXT"
        case token = "SIMPLE_SCHEDULER_TOKEN"
        case issuer = "SIMPLE_SCHEDULER_ISSUER"
        case clientID = "SIMPLE_SCHEDULER_CLIENT_ID"
        case clientSecret = "SIMPLE_SCHEDULER_CLIENT_SECRET"
    }

    private let variables: [String: String]

    /// That of this process.
    static let process = CLIEnvironment(ProcessInfo.processInfo.environment)

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    subscript(_ variable: Variable) -> String? { self[variable.rawValue] }

    subscript(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where `simple-scheduler-standalone` keeps this user's data unless it is told otherwise; `nil` without a home.
    var dataFolder: PrivateFolder? {
        StandaloneSettings.defaultFolder(variables).map { PrivateFolder(path: $0) }
    }

    /// The folder of our files, by the XDG Base Directory Specification (which ignores a relative path).
    var configFolder: PrivateFolder {
        get throws(CLIFailure) {
            if let parent = self["XDG_CONFIG_HOME"], parent.hasPrefix("/") {
                return PrivateFolder(path: "\(parent)/simple-scheduler")
            }
            guard let home = self["HOME"], home.hasPrefix("/") else {
                throw CLIFailure(
                    .other, "there is no place for the config file",
                    hints: "Set HOME or XDG_CONFIG_HOME to an absolute path.")
            }
            return PrivateFolder(path: "\(home)/.config/simple-scheduler")
        }
    }
}
