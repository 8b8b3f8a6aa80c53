// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// The name of the job that a command is about: the argument, or `--name`.
struct JobReference: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The job's name.", valueName: "name"), completion: .custom(JobNameCompletion.candidates))
    var argument: String?

    @Option(
        name: .shortAndLong, help: "The job's name, instead of the argument.",
        completion: .custom(JobNameCompletion.candidates))
    var name: String?

    mutating func validate() throws {
        switch (argument, name) {
        case (nil, nil): throw ValidationError("Give the name of the job.")
        case (.some, .some): throw ValidationError("Give the name of the job once: as the argument or with --name.")
        default: break
        }
        do { _ = try JobName(text) } catch { throw ValidationError("The name of a job \(error.reason).") }
    }

    /// The name.
    var text: String { argument ?? name ?? "" }
    /// What a message is about.
    var subject: String { "job \(text)" }
}

/// Names of jobs for a shell's completion: quick, and silent when they cannot be had.
enum JobNameCompletion {
    /// How long a person at a prompt waits.
    private static let timeLimit = Duration.seconds(1)
    private static let most = 1_000

    /// The names; none when the API does not answer soon, or nobody is logged in.
    @Sendable static func candidates(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            group.addTask { await names(ConnectionOptions.guessed(from: words)) }
            group.addTask {
                try? await Task.sleep(for: timeLimit)
                return []
            }
            defer { group.cancelAll() }
            return await group.next() ?? []
        }
    }

    private static func names(_ options: ConnectionOptions?) async -> [String] {
        guard let options, let api = try? APIClient(options, isQuiet: true),
            let page = try? await api.list(APIRequest(.get, "jobs"), limit: most)
        else { return [] }
        // What is no name is not put into a command line.
        return page.items.map { $0.text("name") }.filter { (try? JobName($0)) != nil }
    }
}

extension ConnectionOptions {
    /// The options as far as a half-written command line has them.
    fileprivate static func guessed(from words: [String]) -> ConnectionOptions? {
        var known: [String] = []
        for (word, next) in zip(words, words.dropFirst()) where ["-u", "--url", "--context"].contains(word) {
            known += [word, next]
        }
        return try? ConnectionOptions.parse(known)
    }
}
