// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import CLICommands

/// Secrets of deliveries, from flags and files to the API's own code and back.
@Suite struct SecretsTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    private let api = RealAPI(now: start)

    private func plan(_ yaml: String) async throws -> [JobChange] {
        var reader = JobDocumentReader()
        reader.read(Array(yaml.utf8), path: "jobs.yaml")
        try #require(reader.faults == [], "\(yaml)")
        return try await JobApplier(api: api.client, now: api.now).plan(reader.documents, prune: false, labels: [])
    }

    /// Gives what `apply` prints.
    @discardableResult
    private func apply(_ yaml: String) async throws -> [String] {
        let plan = try await plan(yaml)
        var lines = PlanText(screen: Screen(now: api.now)).lines(plan)
        _ = try await JobApplier(api: api.client, now: api.now)
            .apply(plan, report: { lines.append($0) }, complain: { lines.append("\($0)") })
        #expect(!lines.joined().contains("hush"), "\(lines)")
        return lines
    }

    private func export(_ format: OutputFormat) async throws -> String {
        let item = try await api.client.send(APIRequest(.get, "jobs", "a")).object()
        return JobExport.lines([try JobDefinition(item)], format).joined(separator: "\n")
    }

    private func stored() throws -> HTTPDelivery? {
        let name = try JobName("a")
        return api.store.state.withLock { $0.jobs[name]?.job?.delivery.http }
    }

    private static let file = """
        name: a
        interval: 1h
        delivery:
          http:
            url: http://h/
            secretHeaders: {Authorization: Bearer hush}
            signingSecrets: [hush hush hush hush, an older hush of ours]
        """

    @Test(arguments: [OutputFormat.yaml, .json])
    func `an export shows no secret, and applied again it keeps them`(format: OutputFormat) async throws {
        #expect(try await apply(Self.file).contains("job a created"))
        let before = try #require(try stored())
        #expect(before.signingSecrets.count == 2 && before.secretHeaders["Authorization"]?.secretText == "Bearer hush")
        let file = try await export(format)
        #expect(!file.contains("hush"))
        #expect(try await plan(file).map(\.action) == [.keep])
        #expect(try await apply(file.replacing("http://h/", with: "http://other/")).contains("job a updated"))
        let after = try #require(try stored())
        #expect(after.url.text == "http://other/" && after.signingSecrets == before.signingSecrets)
        #expect(after.secretHeaders == before.secretHeaders)
    }

    @Test func `a file that does not speak of secrets leaves them alone, and one that gives them sets them`()
        async throws
    {
        try await apply(Self.file)
        let before = try #require(try stored())
        let silent = "name: a\ninterval: 1h\ndelivery: {http: {url: 'http://h/'}}"
        #expect(try await plan(silent).map(\.action) == [.keep])
        let lines = try await apply(Self.file)
        #expect(lines.contains { $0.contains("(its secrets are set again)") } && lines.contains("job a updated"))
        #expect(try stored() == before)
        let other = silent.replacing("'http://h/'", with: "'http://h/', signingSecrets: [a new secret of mine]")
        try await apply(other)
        #expect(try stored()?.signingSecrets.map(\.text.secretText) == ["a new secret of mine"])
        #expect(try stored()?.secretHeaders == before.secretHeaders)
        for none in ["[]", "{}", "null"] {
            try await apply(Self.file)
            let file = silent.replacing(
                "'http://h/'", with: "'http://h/', signingSecrets: \(none), secretHeaders: \(none)")
            try await apply(file)
            #expect(try stored()?.signingSecrets.isEmpty == true && stored()?.secretHeaders.isEmpty == true)
            #expect(try await plan(file).map(\.action) == [.keep])
        }
    }

    @Test func `an export with secrets makes no new job without them`() async throws {
        try await apply(Self.file)
        let file = try await export(.yaml).replacing("name: a", with: "name: b")
        let lines = try await apply(file)
        #expect(lines.contains { $0.contains("delivery.http.signingSecrets: is a number") }, "\(lines)")
    }

    @Test func `secrets on the command line are files`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "s").path
        for content in ["hush hush hush hush", "hush hush hush hush\n", "\u{FEFF}hush hush hush hush\r\n"] {
            try Data(content.utf8).write(to: URL(filePath: path))
            let flags = try JobFlags.parse([
                "--http", "http://h/", "--signing-secret", "@\(path)", "--secret-header", "X-Key: @\(path)",
                "--max-concurrent", "3", "--method", "put",
            ])
            let request: [String: JSONValue] = [
                "url": .string("http://h/"), "signingSecrets": .array([.string("hush hush hush hush")]),
                "secretHeaders": .object(["X-Key": .string("hush hush hush hush")]), "maxConcurrent": .int(3),
                "method": .string("PUT"),
            ]
            #expect(try flags.fields()["delivery"] == .object(["http": .object(request)]))
        }
        try Data().write(to: URL(filePath: path))
        let empty = try JobFlags.parse(["--http", "http://h/", "--signing-secret", "@\(path)"])
        #expect(throws: CLIFailure.self) { try empty.fields() }
    }

    @Test(arguments: [
        ["--signing-secret", "hush hush hush hush"], ["--signing-secret", "@"],
        ["--secret-header", "Authorization: Bearer hush"], ["--secret-header", "Authorization"],
        ["--secret-header", "Bearer hush: @x"], ["--secret-header", "Host: @x"], ["--signing-secret", ""],
        ["--signing-secret", "@-", "--secret-header", "A: @-"],
    ])
    func `a secret itself on the command line is refused, and not repeated`(arguments: [String]) {
        do {
            _ = try JobFlags.parse(["--http", "http://h/"] + arguments)
            Issue.record("it was taken")
        } catch {
            #expect(!JobFlags.fullMessage(for: error).contains("hush"))
        }
    }

    @Test func `what came of a trial is told in one line`() {
        let done = Item(members: ["status": .int(200), "total": .int(12)])
        #expect(TestDeliveryCommand.sentence(done) == "HTTP 200 after 12 ms")
        let failed = Item(members: ["error": .string("timeout after 30 s\n"), "total": .int(30_003)])
        #expect(TestDeliveryCommand.sentence(failed) == "failed after 30003 ms: timeout after 30 s\\n")
    }
}
