// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Dispatch
package import Logging
package import SQLStore
import ServiceLifecycle
import Shared

/// Does for other processes of this user what only the one that has the data folder can: over a socket in that folder.
///
/// One request a connection, a line; the answer is `done` or `failed` and then lines of text.
package final class CareDesk: Service {
    private let store: RelationalStore
    private let path: String
    private let logger: Logger

    /// `path` is the database's.
    package init(store: RelationalStore, path: String, logger: Logger) {
        self.store = store
        self.path = path
        self.logger = logger
    }

    /// Answers until the stop begins; without a socket it is only missed by those who ask.
    package func run() async throws {
        guard let listener = DeskSocket.listen(beside: path) else {
            logger.log(
                .warning, "backup and check cannot reach this process: there is no socket beside the database",
                [.object: "\(path)"])
            try? await gracefulShutdown()
            return
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: listener, queue: DispatchQueue(label: "care-desk"))
        source.setEventHandler { [store] in
            guard let connection = DeskSocket.accept(listener) else { return }
            guard let line = DeskSocket.line(connection), let request = CareRequest(line: line) else {
                return DeskSocket.close(connection)
            }
            Task { [store] in
                DeskSocket.write(await request.done(by: store).text, to: connection)
                DeskSocket.close(connection)
            }
        }
        source.setCancelHandler { DeskSocket.close(listener) }
        source.resume()
        try? await gracefulShutdown()
        DeskSocket.remove(beside: path)
        source.cancel()
    }
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
                return CareAnswer(isDone: true, lines: ["backed up to \(path)"])
            case .check:
                let faults = try await store.integrityCheck()
                return CareAnswer(isDone: faults.isEmpty, lines: faults.isEmpty ? ["no fault was found"] : faults)
            }
        } catch {
            return CareAnswer(isDone: false, lines: [error.description])
        }
    }

    /// Has the process that has the database do it; `nil` when there is none.
    func asked(ofProcessWith path: String) -> CareAnswer? {
        guard let connection = DeskSocket.connect(beside: path) else { return nil }
        defer { DeskSocket.close(connection) }
        DeskSocket.write(line, to: connection)
        var lines: [String] = []
        while let line = DeskSocket.line(connection) { lines.append(line) }
        guard let first = lines.first else {
            return CareAnswer(isDone: false, lines: ["the process that has the data has ended; try again"])
        }
        return CareAnswer(isDone: first == "done", lines: Array(lines.dropFirst()))
    }
}

/// What became of a request.
struct CareAnswer: Equatable, Sendable {
    let isDone: Bool
    let lines: [String]

    var text: String {
        ([isDone ? "done" : "failed"] + lines.map { $0.replacing("\n", with: " ") }).map { $0 + "\n" }.joined()
    }
}
