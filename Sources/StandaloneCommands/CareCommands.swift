// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
private import Glibc
import SQLStore
import ServiceHost
import Shared

/// What the commands about the data share.
struct CareOptions: ParsableArguments {
    @OptionGroup var place: DataOptions

    @Option(
        help: ArgumentHelp(
            "The env file with the settings; the environment wins over it. (default: .env, if there is one)",
            valueName: "file"))
    var env: String?

    /// The path of the database.
    func databasePath() throws -> String { try database().path }

    /// The path of the database, and the name that one on a server would have.
    ///
    /// Ends the program with 78 when the settings do not hold, or name a server.
    func database() throws -> (path: String, name: String) {
        do {
            let settings = try LoadedSettings<StandaloneSettings>(envFile: env).settings
            guard case .sqlite(let path) = settings.scheduler.database.place else {
                throw InvalidSettings([
                    SettingFault(
                        .databaseType, value: "mongodb",
                        expected: "sqlite: MongoDB's data are cared for with its own tools, such as mongodump")
                ])
            }
            return (try place.path(of: path), settings.scheduler.database.name)
        } catch {
            fail(["\(error)"], .configuration)
        }
    }
}

/// `backup`: a copy of the data as they are at one moment.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "\(StandaloneMain.programName) backup",
        abstract: "Copies the data into a file, as they are at one moment, also while the program runs.")

    @OptionGroup var options: CareOptions
    @Argument(help: "The file to make.") var file: String
    @Flag(help: "Replace the file if it is there.") var force = false

    func run() async throws {
        let request = CareRequest.backup(to: absolutePath(file), replacing: force)
        try await finish(request, on: try options.databasePath(), hint: force ? nil : "--force replaces it")
    }
}

/// `check`: looks everything through.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "\(StandaloneMain.programName) check",
        abstract: "Looks the data through, also while the program runs.",
        discussion: "Exit code 1, and a sentence for each fault, when something is wrong.")

    @OptionGroup var options: CareOptions

    func run() async throws {
        try await finish(.check, on: try options.databasePath(), hint: nil)
    }
}

/// `restore`: a backup in the place of the data.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "\(StandaloneMain.programName) restore",
        abstract: "Puts a backup in the place of the data, while the program does not run.")

    @OptionGroup var options: CareOptions
    @Argument(help: "The backup.") var file: String
    @Flag(help: "Replace the data that are there.") var force = false

    func run() async throws {
        let path = try options.databasePath()
        do throws(UnusableDatabase) {
            try RelationalStore.restore(from: absolutePath(file), to: path, replacing: force)
        } catch {
            fail([error.description], .failure)
        }
        print("restored \(file) to \(path)")
    }
}

/// Has a request done by whoever has the database, this process if nobody has; prints what came of it.
private func finish(_ request: CareRequest, on path: String, hint: String?) async throws {
    let answer: CareAnswer
    if let asked = request.asked(ofProcessWith: path) {
        answer = asked
    } else {
        guard access(path, F_OK) == 0 else { fail(["there is no database at \(path)"], .failure) }
        do throws(UnusableDatabase) {
            let store = try RelationalStore(path: path, isForCare: true)
            answer = await request.done(by: store)
            await store.close()
        } catch {
            fail([error.description], .failure)
        }
    }
    guard answer.isDone else {
        let isThere = answer.lines.first?.hasSuffix("is there already") ?? false
        fail(answer.lines + (isThere ? [hint].compactMap(\.self) : []), .failure)
    }
    for line in answer.lines { print(line) }
}

/// Says why on standard error and ends the program.
func fail(_ lines: [String], _ code: ServiceExit) -> Never {
    for line in lines { LogSink().write(line) { _ in "" } }
    exit(code.rawValue)
}
