// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import MongoStore
import MongoTestSupport
import Shared
import Synchronization
import Testing

/// Every option of a connection string that a plain server can answer to, with the driver and a real server.
@Suite(
    .enabled(
        if: MongoStoreScratch.address != nil || MongoStoreScratch.isRequired,
        "SIMPLE_SCHEDULER_TEST_MONGODB is not set"),
    .timeLimit(.minutes(3)))
struct MongoOptionTests {
    private static let options = [
        // Kept.
        "directConnection=true", "appName=mine", "compressors=snappy,zlib,zstd",
        "compressors=zlib&zlibCompressionLevel=9",
        "compressors=snappy", "compressors=zstd", "connectTimeoutMS=1000", "connectTimeoutMS=0", "socketTimeoutMS=5000",
        "socketTimeoutMS=0", "serverSelectionTimeoutMS=5000", "serverSelectionTimeoutMS=0", "waitQueueTimeoutMS=500",
        "waitQueueTimeoutMS=0", "maxPoolSize=1", "maxPoolSize=3", "maxPoolSize=0", "heartbeatFrequencyMS=500",
        "localThresholdMS=0", "localThresholdMS=100", "socketCheckIntervalMS=100", "retryReads=false",
        "retryWrites=false",
        "retryReads=true&retryWrites=true", "journal=true", "tls=false", "ssl=false", "authSource=admin",
        "authMechanismProperties=SERVICE_NAME:x", "gssapiServiceName=x", "canonicalizeHostname=true",
        "loadBalanced=false",
        // Overridden.
        "readConcernLevel=local", "readConcernLevel=available", "readConcernLevel=majority",
        "readConcernLevel=linearizable", "readConcernLevel=snapshot", "readPreference=secondary",
        "readPreference=secondaryPreferred&readPreferenceTags=dc:ny&readPreferenceTags=&maxStalenessSeconds=120",
        "readPreference=nearest", "slaveOk=true", "w=0", "w=1", "w=3", "w=majority", "w=mytag", "w=0&journal=true",
        "wTimeoutMS=1", "journal=false", "safe=false", "safe=true", "fsync=true", "minPoolSize=5", "maxIdleTimeMS=1",
        "maxConnecting=1", "waitQueueMultiple=1", "serverSelectionTryOnce=true", "timeoutMS=1",
        "serverMonitoringMode=poll",
        "uuidRepresentation=standard",
    ]

    /// One after the other, on one database: each case opens two pools of connections.
    @Test func `a server is worked with, whatever the options say`() async throws {
        guard let address = MongoStoreScratch.address else { throw MongoStoreScratch.Missing() }
        let name = "t\(UInt64.random(in: .min ... .max))"
        for (number, options) in Self.options.enumerated() {
            let log = RecordedLog()
            let store = try MongoSchedulerStore(
                connectionString: "\(address)&\(options)", databaseName: name, applicationName: "tests",
                logger: log.logger)
            let admin = try MongoAdminStore(
                connectionString: "\(address)&\(options)", databaseName: name, applicationName: "tests",
                logger: log.logger)
            do {
                _ = try await store.serverTime()
                try await store.prepare()
                _ = try await admin.probe()
                let job = Job(
                    name: try JobName("job\(number)"), schedule: .once, nextRunAt: Timestamp(millisecondsSinceEpoch: 1))
                #expect(try await admin.create(job), "\(options)")
                #expect(
                    try await store.lock([job.name], for: ManagerID(Identifier(high: 1, low: 1))).count == 1,
                    "\(options)"
                )
                #expect(try await store.unlockedJobs(after: nil, limit: 5).isEmpty, "\(options)")
                #expect(
                    try await admin.jobs(after: nil, labels: [:], limit: 500).elements.count == number + 1, "\(options)"
                )
            } catch {
                Issue.record("\(options): \(error)")
            }
            if options == Self.options.last { try await store.dropDatabase() }
            await admin.close()
            await store.close()
            let complaints = log.lines.filter { line in
                ["appname", "poolsize", "URI option", "localThreshold", "compressor"].contains { line.contains($0) }
            }
            #expect(complaints.isEmpty, "\(options)")
        }
    }
}

/// What was logged, for whoever asks.
private final class RecordedLog: LogHandler, Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    var logger: Logger { Logger(label: "tests") { _ in self } }

    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        recorded.withLock { $0.append("\(event.message)") }
    }
}
