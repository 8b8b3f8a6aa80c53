// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Tries something out.", subcommands: [TestDeliveryCommand.self])
}

struct TestDeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery",
        abstract: "Sends one request now, as a job with these flags would, and shows what came of it.",
        discussion: """
            The API sends it, not this program, and stores nothing. In templates the job is named test. The exit code is 0 when \
            a run would have been completed, and 1 otherwise.

              simple-scheduler-cli test delivery --http https://example.com/hook --signing-secret @secret.txt
            """)

    @OptionGroup(title: "The request") var delivery: DeliveryFlags

    @Option(help: ArgumentHelp("JSON that is sent, or @ and a file that holds it.", valueName: "json"))
    var payload: PayloadArgument?

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    mutating func validate() throws {
        if delivery.http == nil { throw ValidationError("Say where to: --http URL.") }
    }

    func run() async throws {
        var body: [String: JSONValue] = [:]
        body["delivery"] = try delivery.json()
        body["payload"] = try payload?.json()
        let limit = delivery.httpTimeout.map { Duration.milliseconds($0.milliseconds) } ?? .seconds(30)
        let api = try APIClient(connection, patience: limit + .seconds(10))
        let seen = try await api.send(
            APIRequest(.post, "deliveries", "test", body: .object(body)), about: "the delivery",
            fieldName: JobField.flag(for:)
        ).object()
        let console = Console.standard
        if output.format == .table {
            console.print(Self.sentence(seen))
            console.print(
                ItemPrinter(format: .table, screen: console.screen()).lines(
                    Item(members: seen.members.filter { !["status", "error", "total"].contains($0.key) }), .delivery))
        } else {
            output.print(seen, .delivery)
        }
        if seen.members["error"] != nil || seen.members["status"] == nil { throw ExitCode(1) }
    }

    /// `HTTP 200 after 12 ms`, `failed after 30003 ms: timeout after 30 s`.
    static func sentence(_ seen: Item) -> String {
        let time = seen.number("total").map { " after \(Int64($0.rounded())) ms" } ?? ""
        let error = seen.text("error")
        return error.isEmpty
            ? "HTTP \(seen.int("status") ?? 0)\(time)" : "failed\(time): \(EscapedText.bare(error))"
    }
}
