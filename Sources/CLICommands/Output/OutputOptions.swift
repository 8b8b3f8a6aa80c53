// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// How results are written.
enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// For people.
    case table
    /// For programs: the API's JSON.
    case json
    /// The same as YAML.
    case yaml
    /// Names or ids only, one per line.
    case name
}

/// The option of every command that shows something.
struct OutputOptions: ParsableArguments {
    @Option(name: [.customShort("o"), .customLong("output")], help: "How to show results.")
    var format = OutputFormat.table

    /// Prints an object of the API.
    func print(_ item: Item, _ kind: ItemKind) {
        let console = Console.standard
        console.print(ItemPrinter(format: format, screen: console.screen()).lines(item, kind))
    }

    /// Prints a list, and tells a person in words when it is empty.
    func print(_ items: [Item], _ kind: ItemKind, whenEmpty words: String) {
        let console = Console.standard
        console.print(ItemPrinter(format: format, screen: console.screen()).lines(items, kind))
        if items.isEmpty, format == .table { console.note(words) }
    }

    /// Tells what has become of a job that was just changed: a line for people, the job as it is now for programs.
    func report(_ job: String, done: String, by api: APIClient) async throws {
        switch format {
        case .table: Console.standard.print("job \(job) \(done)")
        case .name: Console.standard.print(job)
        case .json, .yaml: print(try await api.send(APIRequest(.get, "jobs", job)).object(), .job)
        }
    }
}
