// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Exports jobs as files for apply.",
        discussion: """
            YAML, or JSON with --output json. What the Scheduler keeps for itself, and what is at its default, is left \
            out.

              simple-scheduler-cli export > jobs.yaml
              simple-scheduler-cli export --label team=ops
            """)

    @Argument(
        help: ArgumentHelp("The jobs; all when none is named.", valueName: "name"),
        completion: .custom(JobNameCompletion.candidates))
    var names: [String] = []

    @Option(
        help: ArgumentHelp("Only jobs with this label; may repeat.", valueName: "key=value"),
        transform: LabelArgument.init(text:))
    var label: [LabelArgument] = []

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    mutating func validate() throws {
        if !names.isEmpty, !label.isEmpty { throw ValidationError("Names and --label exclude each other.") }
        for name in names {
            do { _ = try JobName(name) } catch { throw ValidationError("The name of a job \(error.reason).") }
        }
    }

    func run() async throws {
        let api = try APIClient(connection)
        let applier = JobApplier(api: api, now: SystemClock().now())
        var items: [Item] = []
        for name in names {
            items.append(try await api.send(APIRequest(.get, "jobs", name), about: "job \(name)").object())
        }
        if names.isEmpty {
            var request = APIRequest(.get, "jobs")
            request.add("labels", label.filter)
            let console = Console.standard
            items = try await api.list(request, limit: nil) { console.progress("\($0) jobs …") }.items
            console.endProgress()
        }
        Console.standard.print(JobExport.lines(try items.map { try applier.definition($0) }, output.format))
    }
}
