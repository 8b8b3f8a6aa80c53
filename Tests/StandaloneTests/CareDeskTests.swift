// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import SQLStore
import Shared
import TestSupport
import Testing

@testable import StandaloneCommands

struct CareDeskTests {
    /// What another process does: it blocks its thread, and the desk needs those of the tests.
    private func elsewhere<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    /// Lends a store, and answers for it at a desk.
    private func withDesk(_ body: (_ store: RelationalStore, _ folder: URL) async throws -> Void) async throws {
        // A path that is too long for a socket.
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "desk-\(UUID().uuidString)").appending(path: String(repeating: "x", count: 120))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }
        let store = try RelationalStore(path: folder.appending(path: "jobs.db").path)
        let desk = CareDesk(
            store: store, path: store.path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let open = Task { try await desk.run() }
        try await eventually("the desk to be open") {
            let answer = await elsewhere { CareRequest.check.asked(ofProcessWith: store.path) }
            return answer != nil
        }
        try await body(store, folder)
        open.cancel()
        try await open.value
        let late = await elsewhere { CareRequest.check.asked(ofProcessWith: store.path) }
        #expect(late == nil, "nobody is there")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "control").path))
        await store.close()
    }

    @Test(.timeLimit(.minutes(1))) func `another process has its wishes done`() async throws {
        try await withDesk { store, folder in
            let facts = try FileManager.default.attributesOfItem(atPath: folder.appending(path: "control").path)
            #expect((facts[.posixPermissions] as? Int ?? 0) & 0o777 == 0o600)
            let target = folder.appending(path: "a copy.db").path
            let backup = CareRequest.backup(to: target, replacing: false)
            let first = await elsewhere { backup.asked(ofProcessWith: store.path) }
            #expect(first?.isDone == true)
            let again = try #require(await elsewhere { backup.asked(ofProcessWith: store.path) })
            #expect(!again.isDone && again.lines.first?.contains("is there already") == true)
            let replaced = await elsewhere {
                CareRequest.backup(to: target, replacing: true).asked(ofProcessWith: store.path)
            }
            #expect(replaced?.isDone == true)
            let check = await elsewhere { CareRequest.check.asked(ofProcessWith: store.path) }
            #expect(check?.lines == ["no fault was found"])
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a process that does not know promote never sees the password`() async throws {
        try await withDesk { store, _ in
            let target = try MoveTarget("mongodb://u:s3cret@h/x", orElse: "jobs")
            let answer = try #require(await elsewhere { target.asked(ofProcessWith: store.path) { _ in } })
            #expect(!answer.isDone && answer.lines.count == 1 && answer.lines[0].contains("does not know promote"))
        }
    }

    @Test(arguments: [CareRequest.check, .backup(to: "/a b", replacing: false), .backup(to: "/c", replacing: true)])
    func `a request is read as it was written`(request: CareRequest) {
        #expect(CareRequest(line: String(request.line.dropLast())) == request)
    }

    @Test(arguments: ["", "check it", "backup", "drop everything"])
    func `anything else is no request`(line: String) {
        #expect(CareRequest(line: line) == nil)
    }
}
