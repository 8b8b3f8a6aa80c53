// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Drivers
private import Glibc
import Logging
import SQLStore
import ServiceHost
import Shared

/// `promote`: everything into a database on a server.
struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "\(StandaloneMain.programName) promote",
        abstract: "Moves everything into an empty MongoDB database, also while the program runs, which ends then.",
        usage: "\(StandaloneMain.programName) promote [--data <folder>] [--env <file>] <target>",
        discussion: """
            Firing stops, requests in flight end, everything is copied, and Schedulers that work on that database go on. \
            The data stay in the folder, which is not started any more. When it was broken off, run it again.

            The database is the one named after the host, else that of SIMPLE_SCHEDULER_DB_NAME. A password in an \
            argument can be seen by other users of the machine: keep it in a file, or pass it to standard input.
            """)

    @OptionGroup var options: CareOptions
    // All that are there, for the parser would repeat one too many, and its password, in its complaint.
    @Argument(
        help: ArgumentHelp(
            "Where to: mongodb://[user:password@]host[:port][/database], or mongodb+srv://; @FILE reads that from a file, - from standard input.",
            valueName: "target"))
    var targets: [String]

    func validate() throws {
        guard targets.count == 1 else { throw ValidationError("Expected one target.") }
    }

    func run() async throws {
        // A reader of what is printed who goes away breaks nothing off.
        signal(SIGPIPE, SIG_IGN)
        let text = try Self.text(targets[0])
        let (path, name) = try options.database()
        let target: MoveTarget
        do throws(InvalidAddress) {
            target = try MoveTarget(text, orElse: name)
        } catch {
            throw ValidationError("Expected \(error.description).")
        }
        let output = LogSink(descriptor: 1)
        let say: @Sendable (String) -> Void = { output.write($0) { _ in "" } }
        let answer = await answer(path, target, say)
        guard answer.isDone else { fail(answer.lines, .failure) }
        for line in answer.lines { say(line) }
    }

    /// Done by the process that has the data; by this one when there is none.
    private func answer(
        _ path: String, _ target: MoveTarget, _ say: @escaping @Sendable (String) -> Void
    ) async -> CareAnswer {
        if let answer = target.asked(ofProcessWith: path, say: say) { return answer }
        guard access(path, F_OK) == 0 else {
            return CareAnswer(isDone: false, lines: ["there is no database at \(path)"])
        }
        do throws(UnusableDatabase) {
            let store = try RelationalStore(path: path, isForCare: true)
            let logger = Logger(label: "promote") { _ in SwiftLogNoOpLogHandler() }
            let answer = await target.moved(from: store, logger: logger, say: say) { _ in }
            await store.close()
            return answer
        } catch {
            return CareAnswer(isDone: false, lines: [error.description])
        }
    }

    /// What stands in the place of the target that an argument names.
    private static func text(_ argument: String) throws -> String {
        if argument == "-" { return (readLine() ?? "").trimmed }
        guard argument.hasPrefix("@") else { return argument }
        let file = String(argument.dropFirst())
        do throws(UnreadableFile) {
            return String(decoding: try SmallFile.read(file, limit: 1 << 16), as: UTF8.self).trimmed
        } catch {
            throw ValidationError("\(file) cannot be read: \(error.reason).")
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}

/// A database on a server, to move to.
struct MoveTarget: Hashable, Sendable {
    private let address: ConnectionString
    private let database: String

    /// Reads a connection string; the database is `name` where it names none.
    ///
    /// - Throws: what was expected, without a word of the string.
    init(_ text: String, orElse name: String) throws(InvalidAddress) {
        if text.hasPrefix("postgres") {
            throw InvalidAddress("mongodb:// or mongodb+srv://; postgresql is not there yet")
        }
        let known = try MongoAddress(text)
        guard let address = ConnectionString(text, schemes: ["mongodb", "mongodb+srv"]) else {
            throw InvalidAddress("a connection string that starts with mongodb:// or mongodb+srv://")
        }
        self.address = address
        database = known.database ?? name
        guard database.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw InvalidAddress("the name of a database after the /")
        }
    }

    /// Without credentials and options.
    var name: String {
        var text = address.description
        while text.hasSuffix("/") { text.removeLast() }
        return text.hasSuffix("/\(database)") ? text : "\(text)/\(database)"
    }

    /// Moves everything there.
    func moved(
        from store: RelationalStore, logger: Logger, say: @escaping @Sendable (String) -> Void,
        stopFiring: @Sendable (MoveProgress) async -> Void
    ) async -> CareAnswer {
        do throws(StoreError) {
            let intake = try Drivers.intake(
                address, database: database, applicationName: StandaloneMain.programName, logger: logger)
            let result: Result<[String], StoreError>
            do throws(StoreError) {
                result = .success(
                    try await Move(of: store, to: intake, name: name, say: say).run(stopFiring: stopFiring))
            } catch {
                result = .failure(error)
            }
            await intake.close()
            return CareAnswer(isDone: true, lines: try result.get())
        } catch {
            return CareAnswer(isDone: false, lines: [error.description])
        }
    }

    // Over the socket: `promote`, answered with `ready`; then this line, answered with how far it is, each line after `+ `, and
    // with a `CareAnswer` at the end. So a password is never sent to a program that does not know what to do with it.

    static let request = "promote"

    private static let ready = "ready"
    private static let mark = "+ "

    /// Reads a line that ``line`` has made.
    init?(line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
        guard words.count == 2, let target = try? MoveTarget(words[1], orElse: words[0]) else { return nil }
        self = target
    }

    var line: String { "\(database) \(address.secretText)\n" }

    /// Has the process that has the database move it; `nil` when there is none.
    func asked(ofProcessWith path: String, say: @Sendable (String) -> Void) -> CareAnswer? {
        guard let connection = DeskSocket.connect(beside: path) else { return nil }
        defer { DeskSocket.close(connection) }
        DeskSocket.write(Self.request + "\n", to: connection)
        guard DeskSocket.line(connection) == Self.ready else {
            return CareAnswer(
                isDone: false,
                lines: ["the process that has the data does not know promote: restart it with this version, or stop it"]
            )
        }
        DeskSocket.write(line, to: connection)
        while let line = DeskSocket.line(connection) {
            if line.hasPrefix(Self.mark) {
                say(String(line.dropFirst(Self.mark.count)))
            } else {
                return CareAnswer(first: line, from: connection)
            }
        }
        return CareAnswer(
            isDone: false, lines: ["the process that has the data has ended in the middle of it; run promote again"])
    }

    /// The other side: reads where to, after the request.
    static func read(from connection: Int32) -> MoveTarget? {
        DeskSocket.write(ready + "\n", to: connection)
        return DeskSocket.line(connection).flatMap { MoveTarget(line: $0) }
    }

    /// Tells the other side how far it is.
    static func tell(_ text: String, to connection: Int32) {
        DeskSocket.write(mark + text.replacing("\n", with: " ") + "\n", to: connection)
    }
}
