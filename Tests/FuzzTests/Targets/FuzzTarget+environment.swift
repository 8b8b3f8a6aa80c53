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
            if let bus = settings.bus { _ = try? RabbitMQSettings(connectionString: bus.connectionString.secretText) }
            if case .mongoDB(let address) = settings.database.place { _ = try? ConnectionURI(address.secretText) }
        }
        if let settings = try? LoadedSettings<APISettings>(source).settings {
            _ = settings.issuer?.discoveryAddress
        }
        _ = try? LoadedSettings<CustodianSettings>(source)
        _ = try? LoadedSettings<StandaloneSettings>(source)
    }
}
