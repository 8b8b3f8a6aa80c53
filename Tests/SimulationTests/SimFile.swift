// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Dispatch
import Foundation
import SQLTestSupport
import Shared
import Synchronization
import TestSupport

@testable import SQLStore

/// The real store over a real file, which one process has at a time.
///
/// A verb is awaited where it is called, so that it happens at one moment of the world and the seed alone tells the history.
/// What a verb has written is gathered by triggers and then shown to the checker. A crash leaves the files as they are: the
/// next process gets a copy of them.
final class SimFile: SimDatabase {
    private struct State {
        var store: RelationalStore
        var life = 0
        var isUp = false
        var jobs: [JobName: KeptJob] = [:]
        var deletions: [JobName: Deletion] = [:]
        var toBury: Set<JobName> = []
        var crashes = 0
    }

    private let world: SimWorld
    private let checker: InvariantChecker
    private let folder: URL
    private let state: Mutex<State>

    init(_ world: SimWorld, _ checker: InvariantChecker) throws {
        let memory = URL(filePath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path)
        folder = (isThere ? memory : FileManager.default.temporaryDirectory)
            .appending(path: "simple-scheduler-simulation-\(UUID().uuidString)")
        self.world = world
        self.checker = checker
        state = Mutex(State(store: try Self.open(folder.appending(path: "0"), world)))
    }

    /// Ends it and removes the file; gives what is wrong with it, and how often its process has crashed.
    func end() -> (faults: [String], crashes: Int) {
        let faults = wait { store in try await store.integrityCheck() }
        wait { store in await store.close() }
        try? FileManager.default.removeItem(at: folder)
        return (faults, state.withLock { $0.crashes })
    }

    private static func open(_ folder: URL, _ world: SimWorld) throws -> RelationalStore {
        let store = try RelationalStore(path: folder.appending(path: "jobs.db").path) { world.serverTime }
        try Turn.wait { try await store.writer.run { db throws(StoreError) in try db.run(script: watch) } }
        return store
    }

    /// What was written since the last look.
    private static let watch = """
        CREATE TEMP TABLE seen_runs AS SELECT *, 0 AS is_gone FROM runs LIMIT 0;
        CREATE TEMP TABLE seen_jobs (name TEXT);
        CREATE TEMP TABLE seen_deletions (name TEXT);
        CREATE TEMP TRIGGER run_made AFTER INSERT ON main.runs
            BEGIN INSERT INTO seen_runs SELECT *, 0 FROM main.runs WHERE id = NEW.id; END;
        CREATE TEMP TRIGGER run_changed AFTER UPDATE ON main.runs
            BEGIN INSERT INTO seen_runs SELECT *, 0 FROM main.runs WHERE id = NEW.id; END;
        CREATE TEMP TRIGGER run_gone BEFORE DELETE ON main.runs
            BEGIN INSERT INTO seen_runs SELECT *, 1 FROM main.runs WHERE id = OLD.id; END;
        CREATE TEMP TRIGGER job_made AFTER INSERT ON main.jobs BEGIN INSERT INTO seen_jobs VALUES (NEW.name); END;
        CREATE TEMP TRIGGER job_changed AFTER UPDATE ON main.jobs BEGIN INSERT INTO seen_jobs VALUES (NEW.name); END;
        CREATE TEMP TRIGGER job_gone AFTER DELETE ON main.jobs BEGIN INSERT INTO seen_jobs VALUES (OLD.name); END;
        CREATE TEMP TRIGGER deletion_made AFTER INSERT ON main.deletions
            BEGIN INSERT INTO seen_deletions VALUES (NEW.job); END;
        CREATE TEMP TRIGGER deletion_changed AFTER UPDATE ON main.deletions
            BEGIN INSERT INTO seen_deletions VALUES (NEW.job); END;
        CREATE TEMP TRIGGER deletion_gone AFTER DELETE ON main.deletions
            BEGIN INSERT INTO seen_deletions VALUES (OLD.job); END;
        """

    /// Carries out what cannot fail here.
    @discardableResult
    private func wait<Value: Sendable>(_ work: @escaping @Sendable (RelationalStore) async throws -> Value) -> Value {
        let store = state.withLock(\.store)
        do { return try Turn.wait { try await work(store) } } catch { preconditionFailure("the file: \(error)") }
    }

    /// Carries out a verb and shows the checker what came of it.
    private func verb<Value: Sendable>(
        _ effect: @escaping @Sendable (RelationalStore) async throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let store = state.withLock(\.store)
        let result = Turn.wait { () async -> Result<Value, StoreError> in
            do throws(StoreError) { return .success(try await effect(store)) } catch { return .failure(error) }
        }
        tell()
        return try result.get()
    }

    private func tell() {
        let (runs, names, buried) = wait { store in
            try await store.writer.run { db throws(StoreError) in
                let runs = try db.rows("SELECT \(RunRow.columns), is_gone FROM seen_runs ORDER BY rowid") { row in
                    RunRow.read(row).map { ($0, row.bool(Int32(RunRow.fields.count + 3))) }
                }
                let names = try db.rows("SELECT DISTINCT name FROM seen_jobs") { try? JobName($0.text(0)) }
                let buried = try db.rows("SELECT DISTINCT name FROM seen_deletions") { try? JobName($0.text(0)) }
                if !runs.isEmpty { try db.execute("DELETE FROM seen_runs") }
                if !names.isEmpty { try db.execute("DELETE FROM seen_jobs") }
                if !buried.isEmpty { try db.execute("DELETE FROM seen_deletions") }
                return (runs, names, buried)
            }
        }
        for name in buried {
            let deletion = wait { store in try await store.deletions(of: [name]).first }
            let before = state.withLock { $0.deletions.updateValue(deletion, for: name) }
            if let deletion {
                checker.check(.deletion(deletion))
            } else if let before {
                checker.check(.deletionRemoved(before))
            }
        }
        for (run, isGone) in runs { checker.check(isGone ? .runPruned(run) : .run(run)) }
        for name in names {
            let job = kept(name)
            let before = state.withLock { $0.jobs.updateValue(job, for: name) }
            if let job {
                checker.check(.job(job))
            } else if let before {
                checker.check(.jobRemoved(before))
            }
        }
    }

    private func kept(_ name: JobName) -> KeptJob? {
        wait { store in try await SQLBackDoor(store: store).job(kept: name) }
    }

    // MARK: Processes

    var isStandalone: Bool { true }
    var isUp: Bool { state.withLock(\.isUp) }

    func take() { state.withLock { $0.isUp = true } }

    func leave(crashed: Bool) {
        var folder = folder.appending(path: "\(state.withLock(\.life))")
        if crashed {
            let next = self.folder.appending(path: "\(state.withLock { $0.life + 1 })")
            do {
                try FileManager.default.createDirectory(at: next, withIntermediateDirectories: true)
                for name in ["jobs.db", "jobs.db-wal"] {
                    try FileManager.default.copyItem(at: folder.appending(path: name), to: next.appending(path: name))
                }
            } catch { preconditionFailure("the files cannot be copied: \(error)") }
            folder = next
        }
        wait { store in await store.close() }
        // The machine's clock may be set back meanwhile; and forward again, as far as the world's.
        world.setBack(world.random(.zero...(.seconds(2))))
        do {
            let store = try Self.open(folder, world)
            state.withLock { state in
                state.store = store
                state.isUp = false
                if crashed {
                    state.life += 1
                    state.crashes += 1
                }
            }
        } catch { world.violated("the file cannot be opened after its process has ended: \(error)") }
    }

    func view(_ process: SimProcess, _ time: SimTime, _ faults: FaultPlan) -> any SchedulerStore & Housekeeping {
        View(file: self, process: process, time: time, faults: faults)
    }

    private struct View: SimVerbs {
        let file: SimFile
        let process: SimProcess
        let time: SimTime
        let faults: FaultPlan

        func perform<Value: Sendable>(
            _ effect: @escaping @Sendable (any SchedulerStore & Housekeeping) async throws(StoreError) -> Value
        ) async throws(StoreError) -> Value {
            try file.verb { store throws(StoreError) in try await effect(store) }
        }

        func commit(
            _ batch: SlotBatch, while isOwner: @Sendable () -> Bool
        ) async throws(StoreError) -> SlotCommit {
            // Nothing happens between the question and the answer.
            let isOwner = isOwner()
            let committed = try await call("commit") { store throws(StoreError) in
                try await store.commit(batch) { isOwner }
            }
            file.checker.check(moved: batch.steps.filter { committed.advanced.contains($0.name) }, by: process.name)
            return committed
        }
    }

    // MARK: Users

    func snapshot() -> MemoryStoreSnapshot {
        let (names, runs, managers, deletions) = wait { store in
            try await store.lists.run { db throws(StoreError) in
                let names = try db.rows("SELECT name FROM jobs ORDER BY name") { try? JobName($0.text(0)) }
                let runs = try db.rows("SELECT \(RunRow.columns) FROM runs ORDER BY id") { RunRow.read($0) }
                let managers = try db.rows("SELECT id FROM managers ORDER BY id") { $0.id(0).map { ManagerID($0) } }
                let deletions = try db.rows("SELECT \(RelationalStore.deletionColumns) FROM deletions ORDER BY job") {
                    RelationalStore.deletion($0)
                }
                return (names, runs, managers, deletions)
            }
        }
        return MemoryStoreSnapshot(
            jobs: names.compactMap { kept($0) }, runs: runs,
            managers: managers.compactMap { manager in
                wait { store in try await SQLBackDoor(store: store).lease(manager) }
            }, deletions: deletions)
    }

    func put(_ job: KeptJob) {
        let values = JobRow.values(JobRow.fields(of: job.job))
        try? verb { store throws(StoreError) in
            try await store.writer.run { db throws(StoreError) in
                let name = job.job.name.sql
                let count = try db.execute(
                    "UPDATE jobs SET enabled = ?, next_run_at = ?, retention = ?, definition = ? WHERE name = ?",
                    values + [name])
                if count == 0 {
                    try db.execute(
                        "INSERT INTO jobs (name, enabled, next_run_at, retention, definition) VALUES (?, ?, ?, ?, ?)",
                        [name] + values)
                }
            }
        }
    }

    func record(of job: KeptJob) -> JobRecord {
        wait { store in try await store.job(named: job.job.name, withFields: true) }
            ?? MemoryAdminStore.record(job.job, edition: job.edition)
    }

    func make(_ job: Job) -> Bool {
        (try? verb { store throws(StoreError) in try await store.create(job) }) ?? false
    }

    func apply(_ edit: JobEdit) -> Bool {
        guard isUp else { return false }
        return (try? verb { store throws(StoreError) in try await store.apply(edit) }) ?? false
    }

    func trigger(_ name: JobName, id: RunID) {
        let time = world.serverTime
        _ = try? verb { store throws(StoreError) in
            guard try await store.job(named: name, withFields: false) != nil else { return false }
            return try await store.insert(ManualRun(id: id, jobName: name, createdTime: time, payload: nil))
        }
    }

    func cancel(_ id: RunID) {
        let time = world.serverTime
        _ = try? verb { store throws(StoreError) in
            guard let run = try await store.run(id) else { return false }
            return try await store.stop(run, by: RunStop(run), at: time)
        }
    }

    func writeTombstone(of name: JobName) {
        state.withLock { _ = $0.toBury.insert(name) }
    }

    func delete(_ name: JobName, isBuried: Bool) -> Bool {
        let isOfAPI = state.withLock { $0.toBury.remove(name) } != nil
        try? verb { store throws(StoreError) in
            if isOfAPI {
                _ = try await store.delete(name, expected: nil)
            } else {
                _ = try await store.writer.run { db throws(StoreError) in
                    try db.execute("DELETE FROM jobs WHERE name = ?", name.sql)
                }
            }
        }
        return true
    }
}

extension Dictionary {
    /// Sets or removes a value; gives the one before.
    fileprivate mutating func updateValue(_ value: Value?, for key: Key) -> Value? {
        defer { self[key] = value }
        return self[key]
    }
}

/// Runs a task to its end on the thread that waits for it, whatever queues it goes through meanwhile.
private final class Turn: TaskExecutor {
    private let ready = Mutex<[UnownedJob]>([])
    private let count = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        ready.withLock { $0.append(job) }
        count.signal()
    }

    static func wait<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Value {
        let turn = Turn()
        let outcome = Mutex<Value?>(nil)
        let end: @Sendable (Value) -> Void = { value in outcome.withLock { $0 = value } }
        Task(executorPreference: turn) { end(await work()) }
        while true {
            if let value = outcome.withLock({ $0 }) { return value }
            turn.count.wait()
            if let job = turn.ready.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                job.runSynchronously(on: turn.asUnownedTaskExecutor())
            }
        }
    }

    static func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let result = wait { () async -> Result<Value, any Error> in
            do { return .success(try await work()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
