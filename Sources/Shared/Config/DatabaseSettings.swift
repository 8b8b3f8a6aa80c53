// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the database is.
package struct DatabaseSettings: Hashable, Sendable {
    /// The stores that there are.
    package enum Driver: CaseIterable, Sendable {
        /// `mongodb://` or `mongodb+srv://`.
        case mongoDB

        fileprivate var schemes: [String] {
            switch self {
            case .mongoDB: ["mongodb", "mongodb+srv"]
            }
        }
    }

    /// The address; its scheme names ``driver``.
    package let connectionString: ConnectionString
    /// The name of the database, legal by MongoDB's rules.
    package let name: String

    private static let fallback = "mongodb://localhost:27017"
    private static let schemes = Driver.allCases.flatMap(\.schemes)

    /// - SIMPLE_SCHEDULER_DB_TYPE (`mongodb`, optional): the kind of database.
    /// - SIMPLE_SCHEDULER_DB_CONNECTION_STRING (string, `mongodb://localhost:27017`, secret): the server.
    /// - SIMPLE_SCHEDULER_DB_NAME (string, `simpleScheduler`): the database.
    package init(from reader: inout SettingsReader) {
        reader.fixed(.databaseType, "mongodb")
        let given = reader.connectionString(
            .databaseConnectionString, default: Self.fallback, schemes: Self.schemes
        ) { text throws(InvalidAddress) in try MongoAddress(text).overridden }
        connectionString = given ?? .known(Self.fallback, Self.schemes)
        name = reader.value(
            .databaseName, default: "simpleScheduler",
            expected: #"1 to 63 bytes without control characters, spaces and any of /\."$*<>:|?"#,
            show: { $0 }, parse: { Self.isLegalName($0) ? $0 : nil })
    }

    /// What the scheme of the address names; no other scheme gets this far.
    package var driver: Driver {
        Driver.allCases.first { $0.schemes.contains(connectionString.scheme) } ?? .mongoDB
    }

    /// The rules for database names of MongoDB's manual ("MongoDB Limits and Thresholds"), Windows included, so that a
    /// dump can be restored anywhere.
    private static func isLegalName(_ name: String) -> Bool {
        let illegal = Set(#"/\. "$*<>:|?"#.utf8)
        return (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && !illegal.contains($0) }
    }
}
