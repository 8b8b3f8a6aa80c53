// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import MongoStore
import Shared
import Testing

/// What needs no server: bad addresses, and a server that is not there.
@Suite(.timeLimit(.minutes(1))) struct MongoStoreConnectionTests {
    private static let secret = "s3cr3t-w0rd"

    @Test(arguments: [
        "nonsense-\(secret)", "mongodb://user:\(secret)@", "mongodb://user:\(secret)@host:port/", "",
        "http://user:\(secret)@host", "mongodb://us:er:\(secret)@@host/?x",
        "mongodb://user:\(secret)/with/slash@host", "mongodb://host/?password=\(secret)&ssl=maybe&maxPoolSize=-3",
        "mongodb://h\0st",
    ]) func `a bad connection string is rejected without being repeated`(_ text: String) async throws {
        let error = #expect(throws: StoreError.self) {
            _ = try MongoSchedulerStore(
                connectionString: text, databaseName: "db", applicationName: "tests", logger: Logger(label: "tests"))
        }
        #expect(error?.code == .rejected)
        if text.contains("@") || text.contains("password") {
            #expect(error?.description.contains(Self.secret) == false)
        }
    }

    @Test func `a name service that does not know the hosts is waited for`() async throws {
        let store = try MongoSchedulerStore(
            connectionString: "mongodb+srv://user:\(Self.secret)@no.such.invalid/", databaseName: "db",
            applicationName: "tests", logger: Logger(label: "tests"))
        for _ in 0..<2 {
            let error = await #expect(throws: StoreError.self) { try await store.serverTime() }
            #expect(error?.code == .unavailable, "\(error.map(\.description) ?? "none")")
            #expect(error?.description.contains(Self.secret) == false)
        }
        await store.close()
    }

    @Test(arguments: ["", "a.b", "a b", "a/b", "a$b", "a\0b", String(repeating: "x", count: 64)])
    func `a bad database name is rejected`(_ name: String) async throws {
        let error = #expect(throws: StoreError.self) {
            _ = try MongoSchedulerStore(
                connectionString: "mongodb://127.0.0.1:1/", databaseName: name, applicationName: "tests",
                logger: Logger(label: "tests"))
        }
        #expect(error?.code == .rejected)
    }

    @Test func `a server that is not there is unavailable, and no secret is told`() async throws {
        let store = try MongoSchedulerStore(
            connectionString: "mongodb://user:\(Self.secret)@127.0.0.1:1/?serverSelectionTimeoutMS=200",
            databaseName: "db", applicationName: "tests", logger: Logger(label: "tests"))
        let error = await #expect(throws: StoreError.self) { try await store.serverTime() }
        #expect(error?.code == .unavailable)
        #expect(error?.description.contains(Self.secret) == false)
        await store.close()
    }
}
