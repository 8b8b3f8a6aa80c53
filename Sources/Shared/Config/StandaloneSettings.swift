// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that the standalone program is told: what its parts are, with defaults that need no server.
package struct StandaloneSettings: ServiceSettings {
    /// What its Scheduler is told, and its Custodian, which has no settings of its own.
    package let scheduler: SchedulerSettings
    /// What its API is told.
    package var api: APISettings
    package var log: LogSettings

    package var healthAddress: ListenAddress? { api.healthAddress }

    /// Reads the settings; their names and defaults are in docs/configuration.md.
    package init(from reader: inout SettingsReader) {
        reader.isAlone = true
        scheduler = SchedulerSettings(from: &reader)
        api = APISettings(from: &reader)
        log = scheduler.log
    }

    /// Takes what was set on the command line, which wins.
    ///
    /// - Throws: when it would listen for others with nobody to say who may do what.
    package mutating func apply(port: Int?, isQuiet: Bool) throws(InvalidSettings) {
        if let port { api.address = ListenAddress(host: api.address.host, port: port) }
        if isQuiet { log = log.quiet }
        guard api.issuer != nil || api.address.isLoopback else {
            throw InvalidSettings([
                SettingFault(
                    .apiURL, value: api.address.description,
                    expected: "an address of this machine alone, such as 127.0.0.1:8080, as long as "
                        + "\(SettingName.oidcIssuer.rawValue) does not say whose tokens are accepted")
            ])
        }
    }

    /// Where a user's data are unless somebody says otherwise, by the XDG Base Directory Specification (which ignores a
    /// relative path); `nil` without a home.
    package static func defaultFolder(_ environment: [String: String]) -> String? {
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/simple-scheduler" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home)/.local/share/simple-scheduler"
    }

    /// The name of the owner's token in that folder.
    package static let tokenFile = "token"
}
