// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
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

    /// The address of a database server, if that is what the settings name.
    private func server(_ settings: DatabaseSettings) -> String? {
        if case .mongoDB(let address) = settings.place { address.secretText } else { nil }
    }

    private func standalone(_ values: [SettingName: String]) throws -> LoadedSettings<StandaloneSettings> {
        try LoadedSettings(source(values))
    }

    @Test func `requests go where the settings say`() throws {
        let bare = try scheduler([:]).settings.http
        #expect(bare.rules == AddressRules() && bare.limits == RequestLimits(inFlight: 512, perHost: 32))
        #expect(bare.tlsFile == nil && bare.proxy == nil)
        let values: [SettingName: String] = [
            .httpAllowedHosts: "*.example.com:443, [fd00::/8]", .httpDeniedNetworks: "10.0.0.0/8",
            .httpMaxInFlight: "7", .httpMaxPerHost: "3", .httpTLSFile: "/etc/tls.yaml",
            .httpProxy: "http://me:hu%24h@proxy.example:3128/", .publicURL: "https://s.example:8443/behind/",
        ]
        let loaded = try scheduler(values)
        let http = loaded.settings.http
        #expect(http.rules.allowed.count == 2 && http.rules.denied?.count == 1 && !http.rules.allowsLoopback)
        #expect(http.limits == RequestLimits(inFlight: 7, perHost: 3) && http.tlsFile == "/etc/tls.yaml")
        #expect(http.proxy?.host == "proxy.example" && http.proxy?.port == 3128)
        #expect(http.publicURL == "https://s.example:8443/behind" && bare.publicURL == nil)
        #expect(http.proxy?.user == "me" && http.proxy?.password == "hu$h")
        let shown = loaded.resolved.map(\.description).joined(separator: "\n") + String(reflecting: http)
        #expect(!shown.contains("hu$h") && !shown.contains("hu%24h") && shown.contains("http://***@proxy.example:3128"))
        let api = try LoadedSettings<APISettings>(source(values.merging([.oidcIssuer: "https://id.example"]) { $1 }))
        #expect(api.settings.http.rules == http.rules)
    }

    @Test func `loopback may be called by whoever is alone and has no issuer`() throws {
        #expect(try standalone([:]).settings.scheduler.http.rules == AddressRules(allowsLoopback: true))
        #expect(try standalone([:]).settings.api.http.rules == AddressRules(allowsLoopback: true))
        let open = try standalone([.oidcIssuer: "https://id.example"]).settings
        #expect(open.scheduler.http.rules == AddressRules() && open.api.http.rules == AddressRules())
    }

    @Test(arguments: [
        (SettingName.httpAllowedHosts, "a.example,b/33", #"="b/33": expected names"#),
        (.httpAllowedHosts, "::1", #"="::1": expected names"#),
        (.httpDeniedNetworks, "10.0.0.0/8,10.0.0.1/8", #"="10.0.0.1/8": expected networks"#),
        (.httpDeniedNetworks, "a", #"="a": expected networks"#),
        (.httpMaxInFlight, "0", #"="0": expected a whole number from 1 to 10000"#),
        (.httpMaxPerHost, "10001", #"="10001": expected"#),
        (.httpProxy, "proxy:3128", ": expected the address of an HTTP proxy"),
        (.httpProxy, "https://u:hush@p:1", ": expected the address"),
        (.httpProxy, "http://p", ": expected"), (.httpProxy, "http://p:0", ": expected"),
        (.httpProxy, "http://:x@p:1", ": expected"),
        (.publicURL, "s.example", ": expected the address of the API"),
        (.publicURL, "https://u:hush@s.example/", ": expected the address of the API"),
        (.publicURL, "https://s.example/?a=1", ": expected the address of the API"),
    ])
    func `what is wrong with them is named`(name: SettingName, value: String, fault: String) throws {
        let error = #expect(throws: InvalidSettings.self) { try scheduler([name: value]) }
        #expect(error?.description.hasPrefix(name.rawValue + fault) == true, "\(error?.description ?? "")")
    }

    @Test func `standalone needs no server`() throws {
        let loaded = try standalone([:])
        let settings = loaded.settings
        #expect(settings.scheduler.database.place == .sqlite(path: "simple-scheduler.db"))
        #expect(settings.scheduler.bus == nil && settings.api.bus == nil)
        #expect(settings.api.database == settings.scheduler.database)
        #expect(settings.api.issuer == nil)
        #expect(settings.api.address.description == "127.0.0.1:8080")
        #expect(settings.scheduler.heartbeatTimeout == .milliseconds(15000))
        let shown = Dictionary(grouping: loaded.resolved, by: \.name).mapValues { $0.map(\.shownValue) }
        #expect(shown.values.allSatisfy { $0.count == 1 }, "each setting once")
        #expect(shown[.databaseType] == ["sqlite"])
        #expect(shown[.databaseConnectionString] == ["sqlite:simple-scheduler.db"])
        #expect(shown[.busType] == ["none"])
    }

    @Test func `what is named decides over what is not, in standalone`() throws {
        let server = try standalone([.databaseConnectionString: "mongodb://h", .busConnectionString: "amqp://b"])
            .settings
        #expect(self.server(server.scheduler.database) == "mongodb://h")
        #expect(server.scheduler.bus?.connectionString.secretText == "amqp://b")
        let typed = try standalone([.databaseType: "mongodb", .busType: "rabbitmq"]).settings
        #expect(self.server(typed.scheduler.database) == "mongodb://localhost:27017")
        #expect(typed.scheduler.bus?.connectionString.secretText == "amqp://guest:guest@localhost:5672/")
        let file = try standalone([.databaseConnectionString: "sqlite:/var/lib/x.db"]).settings
        #expect(file.scheduler.database.place == .sqlite(path: "/var/lib/x.db"))
        #expect(try standalone([.busConnectionString: "amqp://b", .busType: "none"]).settings.scheduler.bus == nil)
    }

    @Test(arguments: [
        [SettingName.databaseType: "postgresql"], [.databaseConnectionString: "sqlite:"],
        [.databaseConnectionString: "sqlite://host/x"], [.databaseConnectionString: "sqlite:x/"],
        [.databaseType: "sqlite", .databaseConnectionString: "mongodb://u:hush@h"],
        [.databaseType: "mongodb", .databaseConnectionString: "sqlite:x"],
        [.databaseConnectionString: "postgresql://u:hush@h"], [.oidcIssuer: "nobody"],
    ])
    func `what standalone cannot use is one fault, which shows no password`(values: [SettingName: String]) throws {
        let error = #expect(throws: InvalidSettings.self) { try standalone(values) }
        #expect(error?.faults.count == 1)
        #expect(error?.description.contains("hush") == false)
    }

    @Test(arguments: [
        [SettingName.databaseType: "sqlite"], [.databaseConnectionString: "sqlite:x.db"],
    ])
    func `a file is for standalone, which the others say`(values: [SettingName: String]) throws {
        let issuer = [SettingName.oidcIssuer: "https://id.example.com"]
        for error in [
            #expect(throws: InvalidSettings.self) { try scheduler(values) },
            #expect(throws: InvalidSettings.self) { try LoadedSettings<CustodianSettings>(source(values)) },
            #expect(throws: InvalidSettings.self) {
                try LoadedSettings<APISettings>(source(values.merging(issuer) { $1 }))
            },
        ] {
            #expect(error?.faults.count == 1)
            #expect(error?.description.contains("simple-scheduler-standalone") == true)
        }
    }

    @Test(arguments: [
        ("0.0.0.0", false), ("10.0.0.1", false), ("example.com", false), ("127.0.0.9", true), ("[::1]", true),
    ])
    func `without an issuer standalone is for this machine alone`(host: String, isTaken: Bool) throws {
        var settings = try standalone([.apiURL: "\(host):80"]).settings
        if isTaken {
            try settings.apply(port: 0, isQuiet: false)
        } else {
            #expect(throws: InvalidSettings.self) { try settings.apply(port: 0, isQuiet: false) }
        }
    }

    @Test func `the command line wins`() throws {
        var settings = try standalone([.apiURL: "127.0.0.1:80", .logLevel: "debug"]).settings
        try settings.apply(port: 8081, isQuiet: true)
        #expect(settings.api.address.description == "127.0.0.1:8081")
        #expect(settings.log.level == .warning)
        var open = try standalone([.apiURL: ":80", .oidcIssuer: "https://id.example.com"]).settings
        try open.apply(port: nil, isQuiet: false)
        #expect(open.api.address.description == "0.0.0.0:80")
        #expect(throws: InvalidSettings.self) {
            var all = try standalone([.apiURL: ":80"]).settings
            try all.apply(port: nil, isQuiet: false)
        }
    }

    @Test func `the folder of the data by default`() {
        #expect(StandaloneSettings.defaultFolder(["HOME": "/h"]) == "/h/.local/share/simple-scheduler")
        #expect(StandaloneSettings.defaultFolder(["HOME": "/h", "XDG_DATA_HOME": "/d"]) == "/d/simple-scheduler")
        let home = "/h/.local/share/simple-scheduler"
        #expect(StandaloneSettings.defaultFolder(["HOME": "/h", "XDG_DATA_HOME": "d"]) == home)
        #expect(StandaloneSettings.defaultFolder(["HOME": ""]) == nil)
    }

    @Test func `the defaults of the contract`() throws {
        let loaded = try scheduler([:])
        let settings = loaded.settings
        #expect(settings.maxJobs == 0)
        #expect(server(settings.database) == "mongodb://localhost:27017")
        #expect(settings.database.name == "simpleScheduler")
        #expect(settings.bus?.connectionString.secretText == "amqp://guest:guest@localhost:5672/")
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
        #expect(server(settings.database) == "mongodb+srv://h/x")
        #expect(settings.database.name == "db")
        #expect(settings.bus?.connectionString.secretText == "amqps://h")
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
