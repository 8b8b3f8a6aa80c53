// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows what apply would change, and changes nothing.",
        discussion: "The exit code is 0 when there is nothing to do, and 1 when there is something.")

    @OptionGroup var options: ApplyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let documents = try options.documents()
        let console = Console.standard
        let screen = console.screen()
        let applier = JobApplier(api: try APIClient(connection), now: screen.now) { console.progress($0) }
        let plan = try await applier.plan(documents, prune: options.prune, labels: options.label)
        console.endProgress()
        console.print(PlanText(screen: screen).lines(plan))
        if plan.contains(where: { $0.action != .keep }) { throw ExitCode(1) }
    }
}
