// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Testing

struct SettingsTests {
    private func scheduler(_ values: [SettingName: String]) throws -> LoadedSettings<SchedulerSettings> {
        try LoadedSettings(source(values))
    }

    private func source(_ values: [SettingName: String]) -> SettingSource {
        SettingSource(environment: Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
    }

    @Test func `the defaults of the contract`() throws {
        let loaded = try scheduler([:])
        let settings = loaded.settings
        #expect(settings.maxJobs == 0)
        #expect(settings.database.connectionString.secretText == "mongodb://localhost:27017")
        #expect(settings.database.name == "simpleScheduler")
        #expect(settings.bus.connectionString.secretText == "amqp://guest:guest@localhost:5672/")
        #expect(settings.queueType == .classic)
        #expect(settings.cleanupInterval == .milliseconds(1000))
        #expect(settings.cacheRefreshInterval == .milliseconds(5000))
        #expect(settings.heartbeatInterval == .milliseconds(1000))
        #expect(settings.heartbeatTimeout == .milliseconds(15000))
        #expect(settings.log.level == .info)
        #expect(settings.log.format == .text)
        #expect(settings.healthAddress == nil)
        #expect(loaded.warnings.isEmpty)
        let custodian = try LoadedSettings<CustodianSettings>(source([:])).settings
        #expect(custodian.bus == nil)
        #expect(custodian.cleanupInterval == .milliseconds(1000))
        #expect(custodian.heartbeatTimeout == .milliseconds(15000))
    }

    @Test func `every setting is taken`() throws {
        let settings = try scheduler([
            .maxJobs: "10000000", .databaseType: "mongodb", .databaseConnectionString: "mongodb+srv://h/x",
            .databaseName: "db", .busType: "rabbitmq", .busConnectionString: "amqps://h", .cleanupInterval: "1",
            .cacheRefreshInterval: "86400000", .heartbeatInterval: "2", .heartbeatTimeout: "6", .logLevel: "debug",
            .logFormat: "json", .healthAddress: "[::1]:0", .queueType: "quorum",
        ]).settings
        #expect(settings.maxJobs == 10_000_000)
        #expect(settings.database.connectionString.secretText == "mongodb+srv://h/x")
        #expect(settings.database.name == "db")
        #expect(settings.bus.connectionString.secretText == "amqps://h")
        #expect(settings.cleanupInterval == .milliseconds(1))
        #expect(settings.cacheRefreshInterval == .seconds(86400))
        #expect(settings.heartbeatInterval == .milliseconds(2))
        #expect(settings.heartbeatTimeout == .milliseconds(6))
        #expect(settings.log.level == .debug)
        #expect(settings.log.format == .json)
        #expect(settings.healthAddress == ListenAddress(host: "::1", port: 0))
        #expect(settings.queueType == .quorum)
    }

    static let bad: [(SettingName, String)] = [
        (.maxJobs, "-1"), (.maxJobs, "10000001"), (.maxJobs, "1.5"), (.maxJobs, "+1"), (.maxJobs, " 1"),
        (.maxJobs, "99999999999999999999"), (.maxJobs, "١"),
        (.cleanupInterval, "0"), (.cleanupInterval, "86400001"), (.cleanupInterval, "5s"),
        (.cacheRefreshInterval, "0"), (.heartbeatInterval, "0"), (.heartbeatTimeout, "x"),
        (.databaseType, "postgres"), (.busType, "RabbitMQ"), (.queueType, "stream"),
        (.databaseName, "a b"), (.databaseName, "a.b"), (.databaseName, "a/b"), (.databaseName, "a\\b"),
        (.databaseName, "a\"b"), (.databaseName, "a$b"), (.databaseName, "a\nb"), (.databaseName, "a|b"),
        (.databaseName, String(repeating: "a", count: 64)),
        (.logLevel, "loud"), (.logLevel, "INFO"), (.logFormat, "xml"),
        (.healthAddress, "9090"), (.healthAddress, ":9090"), (.healthAddress, "h:"), (.healthAddress, "h:65536"),
        (.healthAddress, "h:-1"), (.healthAddress, "::1:80"), (.healthAddress, "[h]:80"), (.healthAddress, "[]:80"),
        (.healthAddress, "http://h:80"), (.healthAddress, "h h:80"),
    ]

    @Test(arguments: bad)
    func `a value that does not do is a fault that shows it`(name: SettingName, value: String) throws {
        let error = #expect(throws: InvalidSettings.self) { try scheduler([name: value]) }
        let fault = try #require(error?.faults.first)
        #expect(error?.faults.count == 1)
        #expect(fault.subject == name.rawValue)
        #expect(fault.value == value)
        #expect(!fault.description.contains("\n"))
    }

    @Test(arguments: [
        (SettingName.databaseConnectionString, "postgres://u:hush@h"), (.databaseConnectionString, "mongodb://"),
        (.databaseConnectionString, "u:hush@h"), (.databaseConnectionString, "MONGODB://u:hush@h"),
        (.databaseConnectionString, "mongodb://u:hush@h\n"), (.busConnectionString, "http://u:hush@h"),
        (.busConnectionString, "amqp:/u:hush@h"), (.busConnectionString, " amqp://u:hush@h"),
    ])
    func `a connection string that does not do is not shown`(name: SettingName, value: String) throws {
        let error = #expect(throws: InvalidSettings.self) { try scheduler([name: value]) }
        let fault = try #require(error?.faults.first)
        #expect(fault.subject == name.rawValue)
        #expect(fault.value == nil)
        #expect(error?.description.contains("hush") == false)
        #expect(error?.description.contains("://") == true)
    }

    @Test func `all faults are told at once`() {
        let error = #expect(throws: InvalidSettings.self) {
            try scheduler([.maxJobs: "x", .databaseName: "a b", .busConnectionString: "y", .healthAddress: "z"])
        }
        #expect(
            Set(error?.faults.map(\.subject) ?? [])
                == Set([SettingName.maxJobs, .databaseName, .busConnectionString, .healthAddress].map(\.rawValue)))
    }

    @Test func `the environment wins, and an empty value counts as not set`() throws {
        let loaded = try LoadedSettings<SchedulerSettings>(
            SettingSource(
                environment: [
                    SettingName.databaseName.rawValue: "fromEnvironment", SettingName.maxJobs.rawValue: "",
                    SettingName.healthAddress.rawValue: "",
                ],
                file: [
                    SettingName.databaseName.rawValue: "fromFile", SettingName.maxJobs.rawValue: "7",
                    SettingName.logLevel.rawValue: "",
                ], filePath: "my.env"))
        #expect(loaded.settings.database.name == "fromEnvironment")
        #expect(loaded.settings.maxJobs == 7)
        #expect(loaded.settings.log.level == .info)
        #expect(loaded.settings.healthAddress == nil)
        let origins = Dictionary(uniqueKeysWithValues: loaded.resolved.map { ($0.name, $0.origin) })
        #expect(origins[.databaseName] == .environment)
        #expect(origins[.maxJobs] == .file("my.env"))
        #expect(origins[.logLevel] == .builtIn)
        #expect(origins[.healthAddress] == .nowhere)
    }

    @Test(arguments: [
        ("5000", "15000", 5000, false), ("5001", "15000", 5000, true), ("60000", "", 5000, true), ("9", "2", 1, true),
    ])
    func `a slow heartbeat is cut to a third of the time-out`(
        interval: String, timeout: String, used: Int, isWarned: Bool
    ) throws {
        let loaded = try scheduler([.heartbeatInterval: interval, .heartbeatTimeout: timeout])
        #expect(loaded.settings.heartbeatInterval == .milliseconds(used))
        #expect(loaded.warnings.count == (isWarned ? 1 : 0))
        #expect(loaded.warnings.allSatisfy { $0.contains(SettingName.heartbeatInterval.rawValue) })
    }

    @Test func `a misspelt name is met with the nearest one`() throws {
        let loaded = try LoadedSettings<SchedulerSettings>(
            SettingSource(
                environment: ["SIMPLE_SCHEDULER_HEARTBEAT_TIMOUT": "1", "PATH": "/"],
                file: ["SIMPLE_SCHEDULER_DBNAME": "x", SettingName.oidcIssuer.rawValue: "of the API"]))
        #expect(loaded.warnings.count == 2)
        #expect(loaded.warnings[0].contains("did you mean SIMPLE_SCHEDULER_DB_NAME?"))
        #expect(loaded.warnings[1].contains("did you mean SIMPLE_SCHEDULER_HEARTBEAT_TIMEOUT?"))
    }

    @Test func `a strange name in the environment is somebody else's, one in our file is not`() throws {
        let name = "SIMPLE_SCHEDULER_TEST_RABBITMQ_PORT"
        let environment = try LoadedSettings<SchedulerSettings>(SettingSource(environment: [name: "1"]))
        #expect(environment.warnings.isEmpty)
        let file = try LoadedSettings<SchedulerSettings>(SettingSource(environment: [:], file: [name: "1"]))
        #expect(file.warnings == ["\(name) is not a setting and has no effect"])
    }
}
