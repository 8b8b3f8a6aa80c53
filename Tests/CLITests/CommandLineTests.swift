// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared
import TestSupport
import Testing

@testable import CLICommands

/// What one may type, and what it comes to.
@Suite struct CommandLineTests {
    private static let id = "65a1b2c3d4e5f60718293a4b"

    @Test(arguments: [
        ("add job a -i 5s", "AddJobCommand"), ("a j -n a -i 5000", "AddJobCommand"),
        ("update job a -i 5s", "UpdateJobCommand"), ("u j a -i 5s", "UpdateJobCommand"),
        ("list jobs", "ListJobsCommand"), ("l j", "ListJobsCommand"), ("ls job", "ListJobsCommand"),
        ("list runs -j a -s failed -s running", "ListRunsCommand"), ("ls r", "ListRunsCommand"),
        ("list managers", "ListManagersCommand"), ("get job a", "GetJobCommand"), ("get r \(id)", "GetRunCommand"),
        ("delete job a --yes", "DeleteJobCommand"), ("enable j a", "EnableJobCommand"),
        ("disable job -n a", "DisableJobCommand"), ("run job a --wait", "RunJobCommand"),
        ("cancel run \(id)", "CancelRunCommand"), ("watch runs", "WatchRunsCommand"),
        ("preview job a --count 3", "PreviewJobCommand"), ("apply -f jobs", "ApplyCommand"),
        ("diff -f -", "DiffCommand"), ("export a b", "ExportCommand"), ("completion fish", "CompletionCommand"),
        ("-u http://h/api list jobs", "ListJobsCommand"), ("list jobs -u http://h/api -o json", "ListJobsCommand"),
    ])
    func `every command can be typed, aliases too`(line: String, type: String) async throws {
        let command = try await CLIMain.asyncParseAsRoot(line.split(separator: " ").map { String($0) })
        #expect("\(Swift.type(of: command))" == type)
    }

    @Test(arguments: ["-u http://h/api list jobs", "list -u http://h/api jobs", "list jobs -u http://h/api"])
    func `the address may stand before or behind the command`(line: String) async throws {
        let arguments = line.split(separator: " ").map { String($0) }
        let command = try #require(try await CLIMain.asyncParseAsRoot(arguments) as? ListJobsCommand)
        #expect(command.connection.url == "http://h/api")
    }

    @Test(arguments: ["-Lou7-x", "-u", "-o=json", "--device", "---x", "--", "-h", "-", "Xu-o", "=a b"])
    func `a secret may be anything`(secret: String) throws {
        for option in ["-s", "--client-secret"] {
            let words = SecretWord.joined(["login", "--client-credentials", option, secret, "-u", "http://h/api"])
            let command = try #require(try CLIMain.parseAsRoot(words) as? LoginCommand)
            #expect(command.clientSecret == secret && command.connection.url == "http://h/api" && !command.device)
        }
    }

    @Test(arguments: [
        "add job", "add job a -n a", "add job a/b", "add job a -i soon", "add job a -r tomorrow", "add job a --label x",
        "add job a -e maybe", "add job a --retry-backoff wait=1s", "add job a --header A:b",
        "add job a --http-timeout 5s",
        "add job a --http http://h --header A", "add job a --http http://h --header host:b", "get run 12",
        "list jobs --limit 0",
        "list jobs --all --limit 5", "list runs -s done", "list jobs -o xml", "apply", "apply -f x --label a=b",
        "export a --label b=c", "completion csh", "nonsense",
    ])
    func `what makes no sense is a usage error`(line: String) async {
        let arguments = line.split(separator: " ").map { String($0) }
        do {
            _ = try await CLIMain.asyncParseAsRoot(arguments)
            Issue.record("accepted")
        } catch {
            #expect(CLIMain.exitCode(for: error).rawValue == 64)
        }
    }

    @Test(arguments: [
        ("lst jobs", "lst", "Did you mean: simple-scheduler-cli list"),
        ("-u http://h/api list job5", "job5", "Did you mean: simple-scheduler-cli list jobs"),
        ("ls managerz -o json", "managerz", "Did you mean: simple-scheduler-cli ls managers"),
        ("--context=a frobnicate", "frobnicate", "All commands: simple-scheduler-cli --help"),
    ])
    func `a command that is not there is named, with what was meant`(line: String, word: String, hint: String) {
        let failure = UnknownCommand.failure(line.split(separator: " ").map { String($0) })
        #expect(failure == CLIFailure(.usage, "there is no command \"\(word)\"", hints: hint))
    }

    @Test(arguments: ["", "list", "list jobs --frob", "help lst", "-u", "add job", "context list --frob"])
    func `other faults of a command line are no unknown command`(line: String) {
        #expect(UnknownCommand.failure(line.split(separator: " ").map { String($0) }) == nil)
    }

    @Test func `each field has its flag, with the short forms of the Go program`() throws {
        let flags = try JobFlags.parse([
            "-e", "false", "-r", "2027-01-15T08:00:00Z", "-i", "5m", "-x", "1h", "-s", "30000", "-q", "3", "-c", "-t",
            "10s",
            "--cron", "* * * * *", "--every", "1 month", "--time-zone", "UTC", "--anchor", "2027-01-15T08:00:00Z",
            "--start-at", "2027-01-01T00:00:00Z",
            "--end-at", "2028-01-01T00:00:00Z", "--jitter", "1s", "--misfire-policy", "all", "--max-catch-up", "5",
            "--max-attempts", "3", "--retry-backoff", "initial=1s,factor=1.5,max=5m", "--retention", "30d",
            "--payload", #"{"a":[1]}"#, "--description", "text", "--label", "team=ops", "--label", "tier=",
            "--http", "https://example.com/hook", "--header", "X-A: b: c", "--header", "Y:", "--method", "put",
            "--http-timeout", "5s",
        ])
        let fields = try flags.fields()
        #expect(Set(fields.keys) == JobField.names)
        #expect(fields["enabled"] == .bool(false))
        #expect(fields["allowConcurrentRuns"] == .bool(true))
        #expect(fields["interval"] == .int(300_000))
        #expect(fields["runStartTimeout"] == .int(30_000))
        #expect(
            fields["retryBackoff"] == .object(["initial": .int(1_000), "factor": .double(1.5), "max": .int(300_000)]))
        let request: [String: JSONValue] = [
            "url": .string("https://example.com/hook"), "method": .string("PUT"), "timeout": .int(5_000),
            "headers": .object(["X-A": .string("b: c"), "Y": .string("")]),
        ]
        #expect(fields["delivery"] == .object(["http": .object(request)]))
        #expect(fields["payload"] == .object(["a": .array([.int(1)])]))
        #expect(fields["labels"] == .object(["team": .string("ops"), "tier": .string("")]))
        #expect(fields["nextRunAt"] == .string("2027-01-15T08:00:00.000Z"))
    }

    @Test func `a pool is a delivery of its own`() throws {
        let flags = try JobFlags.parse(["--pool", "tenants"])
        #expect(try flags.fields()["delivery"] == JobDelivery.pool(try PoolName("tenants")).json)
        for others in [["--pool", "a b"], ["--pool", "p", "--http", "http://h"], ["--pool", "p", "--amqp", "e/k"]] {
            #expect(throws: (any Error).self, "\(others)") { try JobFlags.parse(others) }
        }
    }

    @Test func `each flag has its field, and its help text`() {
        var flags = Mirror(reflecting: JobFlags()).children.compactMap {
            $0.label.map { "--\(JobField.kebab(String($0.dropFirst())))" }
        }
        // A group: --http, and what belongs to it.
        flags.removeAll { $0 == "--delivery" }
        flags.append("--http")
        #expect(Set(flags) == Set(JobField.names.map { JobField.flag(for: $0) }))
        let help = JobFlags.helpMessage(columns: 200).split { $0.isWhitespace }.joined(separator: " ")
        for field in JobField.allCases {
            let flag = JobField.flag(for: field.rawValue)
            // After the flag comes the name of its value, as `<time>` or `[<enabled>]`.
            let text = help.split(separator: "\(flag) ", maxSplits: 1).last?.drop { $0 != ">" }.drop {
                ">] ".contains($0)
            }
            #expect(text?.hasPrefix(field.row.help) == true, "\(field)")
        }
    }

    @Test func `a step on the calendar is a number and a unit`() throws {
        let flags = try JobFlags.parse(["--every", "2 weeks", "--time-zone", "UTC", "--anchor", "2027-01-31T09:00:00Z"])
        #expect(
            try flags.fields() == [
                "every": .object(["weeks": .int(2)]), "timeZone": .string("UTC"),
                "anchor": .string("2027-01-31T09:00:00.000Z"),
            ])
        #expect(try JobFlags.parse(["--every=months=1"]).fields() == ["every": .object(["months": .int(1)])])
    }

    @Test(arguments: [
        (["--enabled"], true), (["--enabled", "false"], false), (["-e", "true"], true), (["-e"], true),
        (["-e", "False"], false), (["-e=TRUE"], true), (["-e", "no"], false), (["-e", "Yes"], true),
        (["-e", "0"], false),
        (["-e", "1"], true), (["--enabled=off"], false),
    ])
    func `a truth value may be left out, or written in several ways`(arguments: [String], isEnabled: Bool) throws {
        #expect(try JobFlags.parse(arguments).fields() == ["enabled": .bool(isEnabled)])
    }

    @Test(arguments: [
        ("add job --enabled report -i 5m", "add job --enabled true report -i 5m"),
        ("-u http://h/api a j -c report -e", "-u http://h/api a j -c true report -e"),
        ("update job report --enabled", "update job report --enabled"),
        ("update job --enabled FALSE report", "update job --enabled FALSE report"),
        ("add job -e -i 5m report", "add job -e -i 5m report"),
        ("add job --enabled=false report", "add job --enabled=false report"),
        ("add job -i 5m -- -e report", "add job -i 5m -- -e report"),
        ("login -c report", "login -c report"), ("context add job -c client", "context add job -c client"),
        ("add", "add"),
    ])
    func `a flag without a value leaves the name of the job alone`(line: String, filled: String) {
        let words = { (line: String) in line.split(separator: " ").map { String($0) } }
        #expect(TruthValue.filledIn(words(line)) == words(filled))
    }

    @Test(arguments: [
        ("add job a -i -5m", "is negative"), ("add job a --interval=-5m", "is negative"),
        ("update job a -r -5m", "+5m (from now)"), ("add job a -i 5min", "did you mean 5m?"),
        ("add job a -r 2027-01-15T08:00:00", "has no zone"),
        ("add job a --every 1h", "'1 month', '2 weeks' or months=1"),
        ("list runs --created-before 2027-01-15", "without a time"),
        ("add job a -e maybe", "'maybe' is no value for '-e': true or false"),
        ("add job a -e=maybe", "'maybe' is no value for '--enabled': true or false"),
        ("u j a --enabled=", "'' is no value for '--enabled'"),
        ("update job a -c=2", "'2' is no value for '--allow-concurrent-runs'"),
        ("add job a -i 5m --timezone UTC", "'--time-zone'"),
        ("add job a --time_zone UTC", "'--time-zone'"), ("u j a --maxQueueCount 5", "'--max-queue-count'"),
        ("add job a --runExecutionTimeout 5", "'--run-execution-timeout'"), ("list jobs --limit -1", "a number from 1"),
        ("add job a -q", "-q <count>"), ("add job a --label x", "is not key=value"),
        ("add job a --label a=b,c", "its value is not"), ("list jobs --label $=x", "its key is not"),
    ])
    func `a slip is told with what to write`(line: String, word: String) throws {
        let words = line.split(separator: " ").map { String($0) }
        do {
            _ = try CLIMain.parseAsRoot(HyphenValue.joined(TruthValue.filledIn(words)))
            Issue.record("accepted")
        } catch {
            let message = ParserMessage.explained(CLIMain.fullMessage(for: error), after: words)
            #expect(message.contains(word))
            #expect(CLIMain.exitCode(for: error).rawValue == 64)
        }
    }

    @Test(arguments: [
        (["-i", "-5m"], ["-i=-5m"]), (["--payload", "-1"], ["--payload=-1"]),
        (["--description", "- a"], ["--description=- a"]),
        (["--description=x", "-5"], ["--description=x", "-5"]), (["job", "-5"], ["job", "-5"]),
        (["--", "-5"], ["--", "-5"]),
        (["-i", "--", "-x", "-5"], ["-i", "--", "-x", "-5"]), (["-f", "-"], ["-f", "-"]),
        (["-e", "-i", "5"], ["-e", "-i", "5"]),
    ])
    func `a value that begins with a hyphen and is no option is the option's`(words: [String], joined: [String]) {
        #expect(HyphenValue.joined(words) == joined)
    }

    @Test func `no option is suggested where the command has none of that name`() {
        let message = "Error: Unknown option '--maxQueueCount'\nUsage: list jobs"
        #expect(ParserMessage.explained(message, after: ["list", "jobs"]) == message)
        #expect(
            ParserMessage.explained(message, after: ["add", "job"])
                == "Error: Unknown option '--maxQueueCount'. Did you mean '--max-queue-count'?\nUsage: list jobs")
    }

    @Test func `a cleared field gets its default`() throws {
        let patch = try UpdateJobCommand.patch(
            [:], clearing: ["cron", "timezone", "maxQueueCount", "enabled", "labels"])
        #expect(
            patch == [
                "cron": .null, "timeZone": .null, "maxQueueCount": .int(0), "enabled": .bool(true), "labels": .null,
            ])
        #expect(throws: (any Error).self) { try UpdateJobCommand.patch(["cron": .string("x")], clearing: ["cron"]) }
        let slip = #expect(throws: ValidationError.self) { try UpdateJobCommand.patch([:], clearing: ["label"]) }
        #expect(slip?.message == "--clear: there is no field \"label\"; did you mean labels?")
        #expect(throws: ValidationError.self) { try UpdateJobCommand.patch([:], clearing: ["frobnicate"]) }
        #expect(throws: (any Error).self) { try UpdateJobCommand.patch([:], clearing: []) }
    }

    @Test func `a payload that is no JSON is refused with a word on quotes`() throws {
        let payload = try #require(PayloadArgument(argument: "text"))
        let failure = try #require(throws: CLIFailure.self) { try payload.json() }
        #expect(failure.code == .usage)
        #expect(failure.message == "--payload: not JSON: 1:1: no value")
    }

    @Test(arguments: CompletionCommand.Shell.allCases)
    func `completion scripts ask this program for the names of jobs`(shell: CompletionCommand.Shell) {
        #expect(CompletionCommand.script(for: shell).contains("---completion"))
    }

    @Test func `the script for fish asks nothing that fish 3 does not know`() {
        #expect(!CompletionCommand.script(for: .fish).contains("_tokens -tC"))
        #expect(CompletionCommand.script(for: .fish).contains("(string length -- (commandline -t))"))
    }
}
