// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Watches runs.", subcommands: [WatchRunsCommand.self])
}

struct WatchRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Shows runs as they change, until Ctrl-C.",
        discussion: """
            On a terminal the newest runs, live; in a pipe a line for each change: the time, and the run as with \
            --output.
            """,
        aliases: ["run", "r"])

    @OptionGroup var filter: RunFilterOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let api = try APIClient(connection)
        let console = Console.standard
        let isLive = console.screen().isTerminal && output.format == .table
        var watch = RunWatch(job: filter.job, statuses: Set(filter.status))
        var height = 0
        var width: Int?
        var isAway = false
        while console.isRead {
            do {
                let changes = try await watch.look(api)
                isAway = false
                let screen = console.screen()
                if isLive {
                    // In a terminal of another width the lines stand elsewhere.
                    if let width, width != screen.width { console.write("\u{1B}[H\u{1B}[2J") }
                    height = draw(watch, screen, over: width == screen.width ? height : 0)
                    width = screen.width
                } else {
                    console.print(changes.flatMap { lines($0, screen) })
                }
            } catch  where RunFollower.isAway(error) {
                // Told once; whoever watches wants to see it come back.
                if !isAway { console.note("\(Self.sentence(error)); still trying") }
                if !isAway, isLive { height = 0 }
                isAway = true
            } catch let problem as APIProblem {
                throw CLIFailure(problem) { $0 == "jobName" ? "--job" : $0 }
            }
            try await api.sleep(.seconds(1))
        }
    }

    /// Draws the table over the last one.
    ///
    /// - Returns: how many lines it has.
    private func draw(_ watch: RunWatch, _ screen: Screen, over height: Int) -> Int {
        let items = watch.shown(screen.height - 2)
        let lines = items.isEmpty ? ["no runs"] : RunTable.table(items, screen).lines(for: screen)
        let back = height > 0 ? "\u{1B}[\(height)A" : ""
        Console.standard.write("\r\(back)\u{1B}[J\(lines.joined(separator: "\n"))\n")
        return lines.count
    }

    private func lines(_ run: Item, _ screen: Screen) -> [String] {
        switch output.format {
        case .json: return [PrettyJSON.line(run, .run)]
        case .yaml: return ["---"] + YAMLText.mapping(ItemKind.run.fields(run))
        case .name: return [EscapedText.bare(run.text("id"))]
        case .table:
            let words = [
                screen.now.rfc3339, run.text("id"), run.text("jobName"), run.text("status"),
                run.int("attempt").map { "\($0)" } ?? "", RunTable.note(run),
            ]
            return [words.filter { !$0.isEmpty }.map { EscapedText.bare($0) }.joined(separator: " ")]
        }
    }

    private static func sentence(_ error: any Error) -> String {
        switch error {
        case let failure as CLIFailure: failure.message
        case let problem as APIProblem: problem.detail
        default: "\(error)"
        }
    }
}
