// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Core
private import Dispatch
private import Glibc
package import Logging
package import SQLStore
import ServiceLifecycle
import Shared
private import Synchronization

/// Does for other processes of this user what only the one that has the data folder can: over a socket in that folder.
///
/// One request a connection, a line; the answer is `done` or `failed` and then lines of text.
package final class CareDesk: Service {
    private let store: RelationalStore
    private let path: String
    private let firing: Firing?
    private let logger: Logger
    private let isMoving = Mutex(false)
    private let end: AsyncThrowingStream<Never, any Error>
    private let ended: AsyncThrowingStream<Never, any Error>.Continuation

    /// `path` is the database's; without `firing` nothing can be moved.
    package init(store: RelationalStore, path: String, firing: Firing? = nil, logger: Logger) {
        self.store = store
        self.path = path
        self.firing = firing
        self.logger = logger
        (end, ended) = AsyncThrowingStream.makeStream()
    }

    /// Answers until the stop begins; without a socket it is only missed by those who ask.
    ///
    /// - Throws: ``BrokenMove`` when firing was stopped in vain: whoever watches the process starts it again.
    package func run() async throws {
        guard let listener = DeskSocket.listen(beside: path) else {
            logger.log(
                .warning, "backup, check and promote cannot reach this process: there is no socket beside the database",
                [.object: "\(path)"])
            try? await gracefulShutdown()
            return
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: listener, queue: DispatchQueue(label: "care-desk"))
        source.setEventHandler { [self] in
            guard let connection = DeskSocket.accept(listener) else { return }
            guard let work = take(connection) else { return DeskSocket.close(connection) }
            Task {
                let (answer, end) = await work()
                DeskSocket.write(answer.text, to: connection)
                DeskSocket.close(connection)
                end()
            }
        }
        source.setCancelHandler { DeskSocket.close(listener) }
        source.resume()
        defer {
            DeskSocket.remove(beside: path)
            source.cancel()
        }
        try await withGracefulShutdownHandler {
            for try await _ in end {}
        } onGracefulShutdown: { [ended] in
            ended.finish()
        }
    }

    private typealias Work = @Sendable () async -> (answer: CareAnswer, end: @Sendable () -> Void)

    /// Reads a request; gives the work, whose end comes after its answer, or `nil` when it is none.
    private func take(_ connection: Int32) -> Work? {
        guard let line = DeskSocket.line(connection) else { return nil }
        if let request = CareRequest(line: line) { return { [store] in (await request.done(by: store), {}) } }
        guard line == MoveTarget.request, let firing, let target = MoveTarget.read(from: connection) else { return nil }
        return { [self] in await move(to: target, firing) { MoveTarget.tell($0, to: connection) } }
    }

    private func move(
        to target: MoveTarget, _ firing: Firing, say: @escaping @Sendable (String) -> Void
    ) async -> (CareAnswer, @Sendable () -> Void) {
        let isFirst = isMoving.withLock { isMoving in
            defer { isMoving = true }
            return !isMoving
        }
        guard isFirst else {
            return (CareAnswer(isDone: false, lines: ["a move is under way already; wait for its end"]), {})
        }
        logger.log(.notice, "promote: moving everything to a database", [.object: "\(target.name)"])
        let hasStopped = StopSignal()
        let answer = await target.moved(from: store, logger: logger, say: say) { progress in
            hasStopped.raise()
            await firing.stop { progress.note("waiting for requests in flight: \($0)") }
        }
        if answer.isDone {
            logger.log(.notice, "promote: done; stopping", [.object: "\(target.name)"])
            // As if an operator asked.
            return (answer, { kill(getpid(), SIGTERM) })
        }
        let reason = answer.lines.joined(separator: "; ")
        guard hasStopped.isRaised else {
            logger.log(.warning, "promote: nothing was moved", [.reason: "\(reason)"])
            isMoving.withLock { $0 = false }
            return (answer, {})
        }
        let advice = "nothing fires any more, so the process ends: start it again, or run promote again"
        return (
            CareAnswer(isDone: false, lines: answer.lines + [advice]),
            { [ended] in ended.finish(throwing: BrokenMove(description: "promote: \(reason)")) }
        )
    }
}

/// How a move has the process stop firing.
package struct Firing: Sendable {
    private let engine: SchedulerEngine
    private let ended = StopSignal()

    package init(_ engine: SchedulerEngine) {
        self.engine = engine
    }

    /// Fires until the stop, be it for a move or the end of the process.
    func run() async throws {
        try await withGracefulShutdownHandler {
            defer { ended.raise() }
            try await engine.run()
        } onGracefulShutdown: {
            engine.stop()
        }
    }

    /// Stops; returns when requests in flight have ended, everything is stored and the jobs are unlocked.
    func stop(_ waitingFor: @Sendable (_ requests: Int) -> Void) async {
        engine.stop(withPatience: true)
        let alarm = Alarm()
        ended.rings(alarm)
        while !ended.isRaised {
            let count = await engine.requestsInFlight()
            if count > 0 { waitingFor(count) }
            await alarm.wait(for: .milliseconds(200), clock: ClusterClock())
        }
    }
}

/// Firing was stopped for a move that failed.
struct BrokenMove: Error, CustomStringConvertible {
    let description: String
}

/// What an operator wants of the data.
package enum CareRequest: Equatable, Sendable {
    /// Copy everything into this file; `replacing` one that is there.
    case backup(to: String, replacing: Bool)
    /// Look everything through.
    case check

    /// Reads a line that `line` has made.
    init?(line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
        switch (words.first, words.dropFirst().first) {
        case ("check", nil): self = .check
        case ("backup", let path?): self = .backup(to: path, replacing: false)
        case ("overwrite", let path?): self = .backup(to: path, replacing: true)
        default: return nil
        }
    }

    var line: String {
        switch self {
        case .backup(let path, let replacing): "\(replacing ? "overwrite" : "backup") \(path)\n"
        case .check: "check\n"
        }
    }

    /// Does it; its answer has one line for each thing that is to be said.
    func done(by store: RelationalStore) async -> CareAnswer {
        do throws(StoreError) {
            switch self {
            case .backup(let path, let replacing):
                try await store.backup(to: path, replacing: replacing)
                return CareAnswer(isDone: true, lines: ["backed up to \(path)"] + (try await Self.note(on: store)))
            case .check:
                let faults = try await store.integrityCheck()
                return CareAnswer(
                    isDone: faults.isEmpty,
                    lines: (faults.isEmpty ? ["no fault was found"] : faults) + (try await Self.note(on: store)))
            }
        } catch {
            return CareAnswer(isDone: false, lines: [error.description])
        }
    }

    /// That the data are another database's, if they are.
    private static func note(on store: RelationalStore) async throws(StoreError) -> [String] {
        guard let promotion = try await store.promotion(), promotion.promotedAt != nil else { return [] }
        return ["note: \(promotion.sentence)"]
    }

    /// Has the process that has the database do it; `nil` when there is none.
    func asked(ofProcessWith path: String) -> CareAnswer? {
        guard let connection = DeskSocket.connect(beside: path) else { return nil }
        defer { DeskSocket.close(connection) }
        DeskSocket.write(line, to: connection)
        guard let first = DeskSocket.line(connection) else {
            return CareAnswer(isDone: false, lines: ["the process that has the data has ended; try again"])
        }
        return CareAnswer(first: first, from: connection)
    }
}

/// What became of a request.
struct CareAnswer: Equatable, Sendable {
    let isDone: Bool
    let lines: [String]

    init(isDone: Bool, lines: [String]) {
        self.isDone = isDone
        self.lines = lines
    }

    /// Reads the lines after the first one of a ``text``.
    init(first: String, from connection: Int32) {
        var lines: [String] = []
        while let line = DeskSocket.line(connection) { lines.append(line) }
        self.init(isDone: first == "done", lines: lines)
    }

    var text: String {
        ([isDone ? "done" : "failed"] + lines.map { $0.replacing("\n", with: " ") }).map { $0 + "\n" }.joined()
    }
}
