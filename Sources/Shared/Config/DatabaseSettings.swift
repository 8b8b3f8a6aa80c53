// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the database is.
package struct DatabaseSettings: Hashable, Sendable {
    /// A database by its kind.
    package enum Place: Hashable, Sendable {
        /// A server.
        case mongoDB(ConnectionString)
        /// A file; a relative path begins in the data folder.
        case sqlite(path: String)
    }

    /// Which database.
    package let place: Place
    /// The name of the database on a server, legal by MongoDB's rules.
    package let name: String

    /// - SIMPLE_SCHEDULER_DB_TYPE (`mongodb`|`sqlite`, optional): the kind of database; by default what the connection
    ///   string's scheme says. `sqlite` is for a program that is alone with its data.
    /// - SIMPLE_SCHEDULER_DB_CONNECTION_STRING (string, secret): `mongodb://localhost:27017` by default, alone
    ///   `sqlite:simple-scheduler.db`.
    /// - SIMPLE_SCHEDULER_DB_NAME (string, `simpleScheduler`): the database.
    package init(from reader: inout SettingsReader) {
        let mayBeFile = reader.isAlone
        let scheme = reader.scheme(of: .databaseConnectionString)
        let isFile = mayBeFile && (scheme == nil || scheme == Kind.sqlite.rawValue)
        let kind = reader.value(
            .databaseType, default: (isFile ? Kind.sqlite : .mongodb).rawValue, expected: Self.expected(mayBeFile),
            show: \.rawValue, parse: { Kind(rawValue: $0).flatMap { $0 == .sqlite && !mayBeFile ? nil : $0 } })
        switch kind {
        case .mongodb: place = .mongoDB(Self.server(&reader))
        case .sqlite: place = .sqlite(path: Self.file(&reader))
        }
        name = reader.value(
            .databaseName, default: "simpleScheduler",
            expected: #"1 to 63 bytes without control characters, spaces and any of /\."$*<>:|?"#,
            show: { $0 }, parse: { Self.isLegalName($0) ? $0 : nil })
    }

    private enum Kind: String {
        case mongodb, sqlite
    }

    private static let alone =
        "sqlite is for simple-scheduler-standalone, for its file belongs to one process; postgresql is not there yet"

    private static func expected(_ mayBeFile: Bool) -> String {
        mayBeFile ? "mongodb or sqlite; postgresql is not there yet" : "mongodb; \(alone)"
    }

    private static func server(_ reader: inout SettingsReader) -> ConnectionString {
        let (fallback, schemes) = ("mongodb://localhost:27017", ["mongodb", "mongodb+srv"])
        let given = reader.connectionString(.databaseConnectionString, default: fallback, schemes: schemes) {
            text throws(InvalidAddress) in
            if text.hasPrefix("sqlite:") || text.hasPrefix("postgres") {
                throw InvalidAddress("a connection string that starts with mongodb:// or mongodb+srv://; \(alone)")
            }
            return try MongoAddress(text).overridden
        }
        return given ?? .known(fallback, schemes)
    }

    /// A path with or without its folder; `sqlite://` is no address of a file.
    private static func file(_ reader: inout SettingsReader) -> String {
        let fallback = "sqlite:simple-scheduler.db"
        let path = reader.secret(
            .databaseConnectionString, default: fallback, expected: "sqlite:PATH, such as \(fallback)",
            show: { "sqlite:" + $0 }
        ) { text in
            let path = text.dropFirst(7)
            let isPath =
                text.hasPrefix("sqlite:") && !path.isEmpty && !path.hasPrefix("//") && !path.hasSuffix("/")
                && path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
            return isPath ? String(path) : nil
        }
        return path ?? "simple-scheduler.db"
    }

    /// The rules for database names of MongoDB's manual ("MongoDB Limits and Thresholds"), Windows included, so that a
    /// dump can be restored anywhere.
    private static func isLegalName(_ name: String) -> Bool {
        let illegal = Set(#"/\. "$*<>:|?"#.utf8)
        return (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && !illegal.contains($0) }
    }
}
