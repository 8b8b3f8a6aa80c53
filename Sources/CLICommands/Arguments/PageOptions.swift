// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// How much of a list is shown.
struct PageOptions: ParsableArguments {
    /// As many as the API gives when it is not told how many.
    static let usual = 100

    @Option(help: ArgumentHelp("The most to show (default: \(Self.usual)).", valueName: "count"))
    var limit: Int?

    @Flag(help: "Show all, however many there are.")
    var all = false

    mutating func validate() throws {
        if all, limit != nil { throw ValidationError("--all and --limit exclude each other.") }
        if let limit, limit < 1 { throw ValidationError("--limit is a number from 1.") }
    }

    /// Reads the list, and tells a person how far it is and whether there is more.
    func read(_ request: APIRequest, _ api: APIClient, noun: String) async throws -> [Item] {
        let console = Console.standard
        do {
            let list = try await api.list(request, limit: all ? nil : limit ?? Self.usual) {
                console.progress("\($0) \(noun) …")
            }
            console.endProgress()
            if list.hasMore, limit == nil {
                console.note("These are the first \(list.items.count); more: --all or --limit")
            }
            return list.items
        } catch let problem as APIProblem {
            let flags = ["jobName": "--job", "labels": "--label"]
            throw CLIFailure(problem) { flags[$0] ?? "--\(JobField.kebab($0))" }
        }
    }
}
