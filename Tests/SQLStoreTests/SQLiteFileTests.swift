// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import SQLTestSupport
import Shared
import TestSupport
import Testing

@testable import SQLStore

@Suite(.timeLimit(.minutes(2))) struct SQLiteFileTests {
    private func refusal(_ path: String, migrations: [String] = Schema.migrations) -> String? {
        do {
            _ = try RelationalStore(path: path, migrations: migrations)
            return nil
        } catch {
            return error.description
        }
    }

    private func fill(_ folder: URL, jobs: Int = 20) async throws {
        try await SQLScratch.withStore(in: folder) { store async throws in
            for number in 0..<jobs { #expect(try await store.create(try AdminFixture.job("job\(number)"))) }
        }
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `a new file is for its user alone, and keeps everything`() async throws {
        try await SQLScratch.withFolder { parent in
            let folder = parent.appending(path: "some/where")
            try await fill(folder)
            #expect(try mode(folder.path) == 0o700)
            #expect(try mode(SQLScratch.path(in: folder)) == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["jobs.db", "lock"])
            try await SQLScratch.withStore(in: folder) { store async throws in
                #expect(try await store.jobs(after: nil, labels: [:], limit: 99).elements.count == 20)
                #expect(try mode(SQLScratch.path(in: folder) + "-wal") == 0o600)
            }
        }
    }

    @Test func `what is no database of ours, of a newer version, or damaged, is refused and left as it is`()
        async throws
    {
        try await SQLScratch.withFolder { folder in
            let path = SQLScratch.path(in: folder)
            try await fill(folder, jobs: 200)
            let good = try Data(contentsOf: URL(filePath: path))
            var newer = good
            newer.replaceSubrange(60..<64, with: [0, 0, 0, 99])
            var foreign = good
            foreign.replaceSubrange(68..<72, with: [0, 0, 0, 0])
            var damaged = good
            damaged.replaceSubrange(4096..<40_960, with: [UInt8](repeating: 0xA5, count: 36_864))
            let cases: [(Data, String)] = [
                (Data("# notes\n".utf8), "is no database"), (Data(repeating: 7, count: 9_000), "is no database"),
                (foreign, "another program's"), (newer, "newer version"), (damaged, "damaged"),
                (good.prefix(good.count / 2 / 4096 * 4096), "damaged"),
            ]
            for (content, word) in cases {
                try content.write(to: URL(filePath: path))
                let reason = refusal(path)
                #expect(reason?.contains(word) ?? false, "\(reason ?? "accepted"), expected \(word)")
                #expect(try Data(contentsOf: URL(filePath: path)) == content, "\(word)")
            }
            try good.write(to: URL(filePath: path))
            #expect(refusal(path) == nil)
            let sub = folder.appending(path: "sub.db")
            try FileManager.default.createDirectory(at: sub, withIntermediateDirectories: true)
            #expect(refusal(sub.path)?.contains("is a folder") ?? false)
            let pipe = folder.appending(path: "pipe.db").path
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(refusal(pipe)?.contains("is no file") ?? false)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read and write everything"))
    func `a file that this user may not read or write is refused`() async throws {
        try await SQLScratch.withFolder { folder in
            try await fill(folder)
            let path = SQLScratch.path(in: folder)
            for (mode, word) in [(0o000, "cannot be read"), (0o400, "cannot be written")] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                #expect(refusal(path)?.contains(word) ?? false)
            }
        }
    }

    @Test func `a folder belongs to one process at a time, and is free when that is killed`() async throws {
        try await SQLScratch.withFolder { folder in
            let path = SQLScratch.path(in: folder)
            try await SQLScratch.withStore(in: folder) { _ in
                let reason = try #require(refusal(path))
                #expect(reason.contains("in use by process \(ProcessInfo.processInfo.processIdentifier);"))
                #expect(!reason.contains(".db"))
            }
            let holder = Process()
            holder.executableURL = URL(filePath: "/usr/bin/flock")
            holder.arguments = ["--no-fork", folder.appending(path: "lock").path, "sleep", "60"]
            try holder.run()
            try await eventually("the folder is taken") { refusal(path) != nil }
            try Data("4711\n".utf8).write(to: folder.appending(path: "lock"))
            #expect(refusal(path)?.contains("in use by process 4711;") ?? false)
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()
            #expect(refusal(path) == nil)
        }
    }

    @Test func `older versions are brought forward in one transaction`() async throws {
        try await SQLScratch.withFolder { folder in
            let path = SQLScratch.path(in: folder)
            try await fill(folder)
            let next = "ALTER TABLE jobs ADD COLUMN colour TEXT; UPDATE jobs SET colour = 'red';"
            let broken = Schema.migrations + [next, "INSERT INTO nowhere VALUES (1);"]
            #expect(refusal(path, migrations: broken)?.contains("no such table: nowhere") ?? false)
            #expect(refusal(path) == nil)
            let store = try RelationalStore(path: path, migrations: Schema.migrations + [next])
            let (version, red) = try await store.reader.run { db throws(StoreError) in
                (
                    try db.first("PRAGMA user_version") { $0.int(0) },
                    try db.first("SELECT count(*) FROM jobs WHERE colour = 'red'") { $0.int(0) }
                )
            }
            #expect(version == Int64(Schema.migrations.count) + 1 && red == 20)
            await store.close()
            let newer = "newer version of this program (schema \(Schema.migrations.count + 1))"
            #expect(refusal(path)?.contains(newer) ?? false)
        }
    }

    /// What a kill or a power cut leaves: the file, and as much of the log as had reached the disk.
    @Test func `whatever of the log is left, every transaction in it is whole`() async throws {
        try await SQLScratch.withFolder { folder in
            let (first, second) = (folder.appending(path: "a"), folder.appending(path: "b"))
            try await SQLScratch.withStore(in: first) { store in
                let manager = StoreFixture.manager(1)
                try await SQLBackDoor(store: store).put(
                    try StoreFixture.job("a") { ($0.managerID, $0.lockEpoch) = (manager, 1) })
                for number: Int64 in 0..<30 {
                    let slot = StoreFixture.start + .seconds(60 * number)
                    let batch = SlotBatch(
                        runs: [try StoreFixture.run(UInt32(number), "a", slot: 60_000 * number)],
                        steps: [
                            JobAdvance(
                                name: try JobName("a"), managerID: manager, lockEpoch: 1, from: slot,
                                to: slot + .seconds(60))
                        ])
                    #expect(try await store.commit(batch) { true }.runs.count == 1)
                }
                let (path, copy) = (SQLScratch.path(in: first), SQLScratch.path(in: second))
                let log = try Data(contentsOf: URL(filePath: path + "-wal"))
                var counts: [Int] = []
                for cut in 0...20 {
                    try FileManager.default.createDirectory(at: second, withIntermediateDirectories: true)
                    try FileManager.default.copyItem(atPath: path, toPath: copy)
                    try log.prefix(log.count * cut / 20).write(to: URL(filePath: copy + "-wal"))
                    try await SQLScratch.withStore(in: second) { left in
                        let runs = try await left.runs((0..<30).map { StoreFixture.runID($0) })
                        let next = try await left.jobs(named: [JobName("a")]).first?.job?.nextRunAt
                        if let next {
                            #expect(next == StoreFixture.start + .seconds(60 * Int64(runs.count)))
                        } else {
                            #expect(runs.isEmpty)
                        }
                        #expect(try await left.integrityCheck() == [])
                        counts.append(runs.count)
                    }
                    try FileManager.default.removeItem(at: second)
                }
                #expect(counts == counts.sorted() && counts.last == 30)
            }
        }
    }

    @Test func `a backup is one whole file, made while others write`() async throws {
        try await SQLScratch.withFolder { folder in
            try await SQLScratch.withStore(in: folder) { store in
                let target = folder.appending(path: "backup/copy.db")
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                for number in 0..<50 { #expect(try await store.create(try AdminFixture.job("before\(number)"))) }
                async let writes: Void = {
                    for number in 0..<200 { _ = try await store.create(try AdminFixture.job("during\(number)")) }
                }()
                try await store.backup(to: target.path)
                try await writes
                #expect(try mode(target.path) == 0o600)
                let files = try FileManager.default.contentsOfDirectory(
                    atPath: target.deletingLastPathComponent().path)
                #expect(files == ["copy.db"])
                let error = await #expect(throws: StoreError.self) { try await store.backup(to: target.path) }
                #expect(error?.description.contains("is there already") ?? false)
                let copy = try RelationalStore(path: target.path)
                let names = try await copy.jobs(after: nil, labels: [:], limit: 999).elements.map(\.name.text)
                #expect(names.count { $0.hasPrefix("before") } == 50)
                #expect(try await copy.integrityCheck() == [])
                await copy.close()
            }
        }
    }

    @Test func `a backup can be replaced when that is asked for`() async throws {
        try await SQLScratch.withStore { store in
            let target = DataFolder.name(of: store.path) + "/copy/backup.db"
            try FileManager.default.createDirectory(
                atPath: DataFolder.name(of: target), withIntermediateDirectories: true)
            try await store.backup(to: target)
            #expect(try await store.create(try AdminFixture.job("later")))
            try await store.backup(to: target, replacing: true)
            let copy = try RelationalStore(path: target)
            #expect(try await copy.job(named: try JobName("later"), withFields: false) != nil)
            await copy.close()
        }
    }

    @Test func `a backup is put in the place of the data`() async throws {
        try await SQLScratch.withFolder { folder in
            let (path, backup) = (SQLScratch.path(in: folder), folder.appending(path: "copy/backup.db").path)
            try FileManager.default.createDirectory(
                atPath: DataFolder.name(of: backup), withIntermediateDirectories: true)
            try await SQLScratch.withStore(in: folder) { store in
                #expect(try await store.create(try AdminFixture.job("before")))
                try await store.backup(to: backup)
                #expect(try await store.create(try AdminFixture.job("after")))
                let taken = #expect(throws: UnusableDatabase.self) {
                    try RelationalStore.restore(from: backup, to: path, replacing: true)
                }
                #expect(taken?.description.contains("in use by process \(getpid())") == true)
            }
            // What a process that was killed has left.
            for name in ["-wal", "-shm"] {
                try Data("old".utf8).write(to: URL(filePath: path + name))
            }
            let refused = #expect(throws: UnusableDatabase.self) { try RelationalStore.restore(from: backup, to: path) }
            #expect(refused?.description.contains("is there already") == true)
            try RelationalStore.restore(from: backup, to: path, replacing: true)
            #expect(try mode(path) == 0o600)
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
            try await SQLScratch.withStore(in: folder) { store in
                let names = try await store.jobs(after: nil, labels: [:], limit: 9).elements.map(\.name.text)
                #expect(names == ["before"])
            }
        }
    }

    @Test func `until a backup is in its place, the old file is whole, with what a killed process has left beside it`()
        async throws
    {
        try await SQLScratch.withFolder { folder in
            let (backup, killed) = (folder.appending(path: "backup.db").path, folder.appending(path: "killed"))
            let path = SQLScratch.path(in: killed)
            try FileManager.default.createDirectory(at: killed, withIntermediateDirectories: true)
            try await SQLScratch.withStore(in: folder) { store in
                try await store.backup(to: backup)
                #expect(try await store.create(try AdminFixture.job("last")))
                for end in ["", "-wal"] {
                    try FileManager.default.copyItem(atPath: SQLScratch.path(in: folder) + end, toPath: path + end)
                }
            }
            // The file itself, whatever takes its name.
            let kept = folder.appending(path: "kept").path
            #expect(link(path, kept) == 0)
            try RelationalStore.restore(from: backup, to: path, replacing: true)
            let old = try RelationalStore(path: kept)
            #expect(try await old.job(named: try JobName("last"), withFields: false) != nil)
            await old.close()
        }
    }

    @Test(arguments: ["nothing", "no database", "SQLite format 3\0"])
    func `what is no backup of ours is not put anywhere`(content: String) async throws {
        try await SQLScratch.withFolder { folder in
            let (path, backup) = (SQLScratch.path(in: folder), folder.appending(path: "backup.db").path)
            if content != "nothing" { try Data(content.utf8).write(to: URL(filePath: backup)) }
            try await SQLScratch.withStore(in: folder) { _ = try await $0.create(try AdminFixture.job("kept")) }
            #expect(throws: UnusableDatabase.self) {
                try RelationalStore.restore(from: backup, to: path, replacing: true)
            }
            try await SQLScratch.withStore(in: folder) { store in
                let kept = try await store.job(named: try JobName("kept"), withFields: false)
                #expect(kept != nil)
            }
        }
    }
}
