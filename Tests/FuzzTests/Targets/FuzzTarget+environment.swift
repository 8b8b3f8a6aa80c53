// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

@testable import MongoStore
@testable import RabbitMQBus

extension FuzzTarget {
    /// An env file, the settings that each service reads from it, and the addresses in them.
    static func runEnvironment(_ bytes: [UInt8]) {
        guard let file = try? EnvironmentFile(bytes: bytes, path: "fuzz.env") else { return }
        let source = SettingSource(environment: [:], file: file.values, filePath: "fuzz.env")
        if let settings = try? LoadedSettings<SchedulerSettings>(source).settings {
            _ = try? RabbitMQSettings(connectionString: settings.bus.connectionString.secretText)
            _ = try? ConnectionURI(settings.database.connectionString.secretText)
        }
        if let settings = try? LoadedSettings<APISettings>(source).settings {
            _ = IssuerURL(settings.issuer)?.discoveryAddress
        }
        _ = try? LoadedSettings<CustodianSettings>(source)
    }
}
