// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import SQLStore
package import Shared
private import Synchronization

/// Moves everything of a file into an empty database on a server, whose Schedulers go on with it.
///
/// First nothing fires any more and nothing changes the file; then all is copied, under a mark that keeps Schedulers away; then
/// the file says that it is the file no longer; then the mark goes. A crash before the third step leaves the jobs here, one
/// after it leaves them there: at no moment they could be fired by both, and ``run(stopFiring:)`` goes on from each.
package struct Move: Sendable {
    /// How long a server that does not answer is waited for.
    private static let patience = Duration.seconds(60)

    private let source: RelationalStore
    private let target: any StoreIntake
    private let name: String
    private let patience: Duration
    private let progress: MoveProgress

    /// `name` is the target's, without credentials; `say` is given how far it is, each second.
    package init(
        of source: RelationalStore, to target: any StoreIntake, name: String, patience: Duration = Self.patience,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.source = source
        self.target = target
        self.name = name
        self.patience = patience
        progress = MoveProgress(say: say)
    }

    /// Does it; gives what to say of it.
    ///
    /// `stopFiring` is called once it is sure that the target can be filled; it returns when nothing fires any more.
    /// - Throws: with one sentence for a person. Whether `stopFiring` was called tells whether anything has changed here.
    package func run(stopFiring: @Sendable (MoveProgress) async -> Void) async throws(StoreError) -> [String] {
        let ticker = Task { [progress] in await progress.run() }
        defer { ticker.cancel() }
        if let promotion = try await source.promotion(), promotion.promotedAt != nil {
            return try await finish(promotion)
        }
        progress.note("asking \(name)")
        let id = try await source.source()
        try await server { () throws(StoreError) in try await target.look(for: id) }
        progress.note("looking the file through")
        try await source.checkIsWhole()
        progress.note("waiting until nothing fires any more")
        await stopFiring(progress)
        source.freeze()
        let copy = try await source.beginCopy(to: name)
        let counts = try await source.counts()
        try await copyAll(copy, counts)
        try await source.markPromoted()
        progress.note("opening \(name)")
        _ = try await patiently { () throws(StoreError) in try await target.open(copy) }
        try await source.markPromotionDone()
        return [
            "moved \(MoveProgress.text(counts)) to the database \(name)",
            "Schedulers that work on it go on with them at once; this folder is left as it was and is not started any more",
        ]
    }

    /// The file is the file no longer: what may be left is to open the target.
    private func finish(_ promotion: Promotion) async throws(StoreError) -> [String] {
        guard promotion.target == name else { throw StoreError(.rejected, promotion.sentence) }
        progress.note("opening \(name)")
        let wasLeft = try await patiently { () throws(StoreError) in try await target.open(promotion.copy) }
        try await source.markPromotionDone()
        return [wasLeft ? "finished the move to the database \(name)" : "everything is in the database \(name) already"]
    }

    /// Goes on from where the target stands, as long as a server that is away comes back in time.
    private func copyAll(_ copy: StoreCopy, _ counts: [StorePart: Int]) async throws(StoreError) {
        var lastStep = SystemClock().uptime()
        var backoff = Backoff()
        while true {
            do throws(StoreError) {
                let positions = try await server { () throws(StoreError) in try await target.begin(copy) }
                progress.begin(positions.mapValues(\.count), of: counts)
                if let key = try await source.callbackKey() {
                    try await server { () throws(StoreError) in try await target.take(key) }
                }
                for part in StorePart.allCases {
                    var position = positions[part]
                    while true {
                        let batch = try await source.batch(of: part, after: position?.last)
                        guard let last = batch.keys.last else { break }
                        let next = StorePosition(last: last, count: (position?.count ?? 0) + batch.keys.count)
                        try await server { () throws(StoreError) in try await target.take(batch, upTo: next) }
                        position = next
                        progress.note(next.count, of: part)
                        lastStep = SystemClock().uptime()
                    }
                }
                return try await server { () throws(StoreError) in try await target.checkIsUnused() }
            } catch {
                guard error.isRetriable, SystemClock().uptime() - lastStep < patience else { throw error }
                progress.note("trying again: \(error.description)")
                do { try await Task.sleep(for: backoff.next()) } catch {
                    throw StoreError(.unavailable, "it was broken off")
                }
            }
        }
    }

    private func patiently<Value: Sendable>(
        _ work: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let end = SystemClock().uptime() + patience
        var backoff = Backoff()
        while true {
            do throws(StoreError) {
                return try await server(work)
            } catch {
                guard error.isRetriable, SystemClock().uptime() < end else { throw error }
                progress.note("trying again: \(error.description)")
                do { try await Task.sleep(for: backoff.next()) } catch {
                    throw StoreError(.unavailable, "it was broken off")
                }
            }
        }
    }

    /// Says with an error of the server what to do about it.
    private func server<Value: Sendable>(
        _ work: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        do throws(StoreError) {
            return try await work()
        } catch {
            switch error.code {
            case .unavailable, .busy:
                throw StoreError(
                    error.code, "\(name) cannot be reached: look whether the server runs there (\(error.description))")
            case .forbidden:
                throw StoreError(
                    error.code,
                    "\(name) refuses us: look at user, password and the role readWrite (\(error.description))")
            case .rejected: throw error
            }
        }
    }
}

/// How far a move is; told each second.
package final class MoveProgress: Sendable {
    private struct State {
        var text = ""
        var done: [StorePart: Int] = [:]
        var all: [StorePart: Int] = [:]
    }

    private let say: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(say: @escaping @Sendable (String) -> Void) {
        self.say = say
    }

    /// Tells it until the task is cancelled.
    fileprivate func run() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            let text = state.withLock(\.text)
            if !text.isEmpty { say(text) }
        }
    }

    /// What is done now; told at once when it is new.
    package func note(_ text: String) {
        let isNew = state.withLock { state in
            defer { state.text = text }
            return state.text != text
        }
        if isNew { say(text) }
    }

    fileprivate func begin(_ done: [StorePart: Int], of all: [StorePart: Int]) {
        state.withLock { state in
            state.done = done
            state.all = all
            state.text = Self.text(state)
        }
        say(state.withLock(\.text))
    }

    fileprivate func note(_ count: Int, of part: StorePart) {
        state.withLock { state in
            state.done[part] = count
            state.text = Self.text(state)
        }
    }

    private static func text(_ state: State) -> String {
        let parts = StorePart.allCases.reversed().map { part in
            "\(state.done[part] ?? 0) of \(part.text(state.all[part] ?? 0))"
        }
        return "copied " + parts.joined(separator: ", ")
    }

    /// `3 jobs, 1 run, 0 idempotency keys, 0 deletions`.
    fileprivate static func text(_ counts: [StorePart: Int]) -> String {
        StorePart.allCases.reversed().map { $0.text(counts[$0] ?? 0) }.joined(separator: ", ")
    }
}

extension StorePart {
    fileprivate func text(_ count: Int) -> String {
        let word =
            switch self {
            case .deletions: "deletion"
            case .claims: "idempotency key"
            case .runs: "run"
            case .jobs: "job"
            }
        return "\(count) \(word)\(count == 1 ? "" : "s")"
    }
}
