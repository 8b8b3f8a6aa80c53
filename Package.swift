// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// For scripts/fuzz: the parsers watch which ways an input takes, and the package has a fuzzer instead of tests.
let isFuzzing = Context.environment["SIMPLE_SCHEDULER_FUZZ"] != nil

/// For scripts/sanitize: AddressSanitizer in our own code, which is all that calls C; the packages are built as ever.
let isAddressChecked = isFuzzing || Context.environment["SIMPLE_SCHEDULER_ADDRESS"] != nil
let sanitizers = isAddressChecked ? ["-sanitize=\(isFuzzing ? "fuzzer,address" : "address")"] : []
/// GNU gold breaks down over them.
let sanitizedLinking = LinkerSetting.unsafeFlags(sanitizers + ["-use-ld=lld"])

/// For scripts/run, scripts/build --release and scripts/bench: `standalone` and the command line, all `programs`, or
/// `benchmarks` with them, in one build.
///
/// What only tests need is left out: it cannot be linked statically.
let only = Context.environment["SIMPLE_SCHEDULER_ONLY"]

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ] + (isAddressChecked ? [.unsafeFlags(sanitizers)] : [])

/// The wrappers of C libraries: every unsafe call carries the word `unsafe`.
let wrapperSettings = settings + [.strictMemorySafety()]

/// Debian has libjwt on GnuTLS, which checks new tokens three times faster, and on OpenSSL; either will do (ADR 7).
let jwtLibrary =
    ["x86_64", "aarch64"].contains {
        FileManager.default.fileExists(atPath: "/usr/lib/\($0)-linux-gnu/libjwt-gnutls.so")
    } ? "jwt-gnutls" : "jwt"

/// Where parsers of bytes from outside are.
let fuzzed: [Target.Dependency] = [
    "CMongoC", "MongoStore", "OIDC", "REST", "RabbitMQBus", "ServiceHost", "Shared",
    .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
]

/// With -static-stdlib Swift exports every symbol: some MB that nobody looks up, all of them read at the start, and nothing
/// unused could go.
let programLinking = [LinkerSetting.unsafeFlags(["-Xlinker", "--no-export-dynamic"])]
/// In a build for tests the sanitizers look symbols up, to know what they are told to pass over.
let serviceLinking = only == nil ? [] : programLinking

/// What the main file of a service wires its parts with.
let wiring: [Target.Dependency] = [
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]

let package = Package(
    name: "simple-scheduler",
    products: [
        .executable(name: "simple-scheduler", targets: ["Scheduler"]),
        .executable(name: "simple-scheduler-custodian", targets: ["Custodian"]),
        .executable(name: "simple-scheduler-api", targets: ["API"]),
        .executable(name: "simple-scheduler-standalone", targets: ["Standalone"]),
        .executable(name: "simple-scheduler-cli", targets: ["CLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CJWT", pkgConfig: "lib\(jwtLibrary)", providers: [.apt(["libjwt-gnutls-dev"])]),
        .systemLibrary(
            name: "CMongoC", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
        .systemLibrary(
            name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        // Linked statically, as the next one.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        // Linked statically, so that the command line can be copied to a machine that lacks it.
        .systemLibrary(name: "CYaml", providers: [.apt(["libyaml-dev"])]),
        .target(name: "AddressGuard", swiftSettings: settings),
        .target(
            name: "Shared",
            dependencies: [
                "AddressGuard",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .target(
            name: "MongoStore",
            dependencies: [
                "CMongoC", "Shared",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: wrapperSettings),
        .target(
            name: "SQLStore", dependencies: ["CSQLite", "Shared"], swiftSettings: wrapperSettings,
            linkerSettings: [.linkedLibrary(":libsqlite3.a"), .linkedLibrary("m")]),
        .target(
            name: "RabbitMQBus",
            dependencies: [
                "CRabbitMQ", "Shared",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: wrapperSettings),
        .target(
            name: "HTTPSink",
            dependencies: [
                "AddressGuard", "Shared", "YAML",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .target(
            name: "Drivers",
            dependencies: [
                "MongoStore", "RabbitMQBus", "SQLStore", "Shared", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "OIDC",
            dependencies: [
                "CJWT", "Shared",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: wrapperSettings, linkerSettings: [.linkedLibrary(jwtLibrary)]),
        .target(
            name: "ServiceHost",
            dependencies: [
                "Shared",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "Core",
            dependencies: [
                "AddressGuard", "Shared",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings),
        .target(
            name: "REST",
            dependencies: [
                "AddressGuard", "Core", "OIDC", "ServiceHost", "Shared",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("OpenAPI/openapi.json")],
            swiftSettings: settings),
        .executableTarget(
            name: "Scheduler",
            dependencies: ["Core", "Drivers", "HTTPSink", "ServiceHost", "Shared"] + wiring,
            swiftSettings: settings, linkerSettings: serviceLinking),
        .executableTarget(
            name: "Custodian",
            dependencies: ["Core", "Drivers", "ServiceHost", "Shared"] + wiring,
            swiftSettings: settings, linkerSettings: serviceLinking),
        .executableTarget(
            name: "API",
            dependencies: ["Drivers", "HTTPSink", "OIDC", "REST", "ServiceHost", "Shared"] + wiring,
            swiftSettings: settings, linkerSettings: serviceLinking),
        .target(
            name: "StandaloneCommands",
            dependencies: ["Core", "Drivers", "HTTPSink", "OIDC", "REST", "SQLStore", "ServiceHost", "Shared"] + wiring,
            swiftSettings: settings),
        .executableTarget(
            name: "Standalone", dependencies: ["StandaloneCommands"], swiftSettings: settings,
            linkerSettings: programLinking),
        .target(
            name: "YAML", dependencies: ["CYaml", "Shared"], swiftSettings: settings,
            linkerSettings: [.linkedLibrary(":libyaml.a")]),
        .target(
            name: "CLICommands",
            dependencies: [
                "Shared", "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "CLI", dependencies: ["CLICommands"], swiftSettings: settings, linkerSettings: programLinking),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CSQLite", "Core", "Drivers", "MongoStore", "MongoTestSupport", "OIDC", "RabbitMQBus",
                "RabbitMQTestSupport", "SQLStore", "Shared",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Benchmarks", swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Shared", .product(name: "Logging", package: "swift-log")],
            path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "SQLTestSupport", dependencies: ["SQLStore", "Shared", "TestSupport"], path: "Tests/SQLTestSupport",
            swiftSettings: settings),
        .target(
            name: "RabbitMQTestSupport", dependencies: ["CRabbitMQ", "RabbitMQBus", "Shared"],
            path: "Tests/RabbitMQTestSupport", swiftSettings: wrapperSettings),
        .target(
            name: "MongoTestSupport", dependencies: ["MongoStore", "Shared"], path: "Tests/MongoTestSupport",
            swiftSettings: settings),
        .testTarget(
            name: "AddressGuardTests", dependencies: ["AddressGuard", "Shared"], swiftSettings: settings),
        .testTarget(
            name: "SharedTests", dependencies: ["AddressGuard", "Shared", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "OIDCTests",
            dependencies: [
                "CJWT", "OIDC", "Shared", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ServiceHostTests",
            dependencies: [
                "ServiceHost", "Shared", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CoreTests",
            dependencies: [
                "AddressGuard", "Core", "Shared", "TestSupport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Core", "REST", "SQLStore", "SQLTestSupport", "Shared", "TestSupport",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "APITests",
            dependencies: [
                "AddressGuard", "Core", "MongoStore", "OIDC", "REST", "ServiceHost", "Shared", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "CLICommands", "OIDC", "REST", "ServiceHost", "Shared", "TestSupport", "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "MongoStore", "MongoTestSupport", "RabbitMQBus", "RabbitMQTestSupport", "SQLStore", "Shared",
                "StandaloneCommands", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SQLStoreTests", dependencies: ["SQLStore", "SQLTestSupport", "Shared", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "StandaloneTests",
            dependencies: [
                "REST", "Shared", "SQLStore", "StandaloneCommands", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HTTPSinkTests",
            dependencies: [
                "AddressGuard", "HTTPSink", "Shared", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "FuzzTests", dependencies: fuzzed, exclude: ["CFuzzer", "Corpus", "Dictionaries", "Driver"],
            swiftSettings: settings),
    ]
)

if let only {
    var left: Set<String> = ["SQLTestSupport", "TestSupport"]
    if only != "benchmarks" { left.formUnion(["Benchmarks", "MongoTestSupport", "RabbitMQTestSupport"]) }
    if only == "standalone" {
        left.formUnion(["API", "Custodian", "Scheduler"])
        package.products.removeAll { !["simple-scheduler-standalone", "simple-scheduler-cli"].contains($0.name) }
    }
    package.targets.removeAll { $0.type == .test || left.contains($0.name) }
}

if isAddressChecked {
    // A command line that is linked statically cannot have it; what is linked with our code has to.
    package.products = []
    package.targets.removeAll {
        ["Benchmarks", "CLI", "CLICommands", "CLITests", "ServiceHostTests"].contains($0.name)
    }
    for target in package.targets where [.executable, .test].contains(target.type) {
        target.linkerSettings = (target.linkerSettings ?? []) + [sanitizedLinking]
    }
}

if isFuzzing {
    package.targets.removeAll { $0.type == .test }
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/FuzzTests/CFuzzer"),
        .executableTarget(
            name: "Fuzz", dependencies: fuzzed + ["CFuzzer"], path: "Tests/FuzzTests", sources: ["Driver", "Targets"],
            swiftSettings: settings, linkerSettings: [sanitizedLinking]),
    ]
}
