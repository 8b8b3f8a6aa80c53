// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// The flags of a delivery (docs/http-delivery.md says what they mean).
struct DeliveryFlags: ParsableArguments {
    @Option(help: ArgumentHelp(.delivery, "url"))
    var http: String?

    @Option(
        help: ArgumentHelp(
            "The exchange and the routing key of a message that each run is, instead of an action for workers; /KEY is "
                + "the default exchange.", valueName: "exchange/key"))
    var amqp: String?

    @Option(
        help: ArgumentHelp(
            "The pool whose workers do the runs, instead of workers for this job alone.", valueName: "name"),
        transform: PoolArgument.init(text:))
    var pool: PoolArgument?

    @Option(
        help: ArgumentHelp("After how long in a queue the message of --amqp is dropped.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var expiration: SpanArgument?

    @Flag(help: "The message of --amqp counts as delivered even where no queue takes it.")
    var unroutableIsFine = false

    @Option(
        help: ArgumentHelp(
            "A header of the request of --http, or of the message of --amqp; may repeat.", valueName: "name: value"),
        transform: HeaderArgument.init(text:))
    var header: [HeaderArgument] = []

    @Option(
        help: ArgumentHelp(
            "A header whose value nobody is shown, with the file that holds it (- = standard input); may repeat.",
            valueName: "name: @file"),
        transform: SecretHeaderArgument.init(text:))
    var secretHeader: [SecretHeaderArgument] = []

    @Option(
        help: ArgumentHelp(
            "A file (- = standard input) with a secret that requests are signed with: whsec_ and a key in base64, or "
                + "16 to 256 characters; may repeat.", valueName: "@file"),
        transform: SecretFileArgument.init(text:))
    var signingSecret: [SecretFileArgument] = []

    @Option(
        help: ArgumentHelp(
            "The method of the request of --http: POST (default), GET, PUT, PATCH or DELETE.", valueName: "method"))
    var method: String?

    @Option(
        help: ArgumentHelp("How long the answer to --http may take; default 30s.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var httpTimeout: SpanArgument?

    @Option(
        help: ArgumentHelp(
            "The most requests of the job that are in flight at the same time; 0 = no limit of its own.",
            valueName: "count"))
    var maxConcurrent: Int64?

    mutating func validate() throws {
        for header in secretHeader {
            guard header.file.path != nil, HTTPDelivery.problem(header: header.name) == nil else {
                throw ValidationError(SecretFileArgument.isMissing("--secret-header 'Name: @file'"))
            }
        }
        guard signingSecret.allSatisfy({ $0.path != nil }) else {
            throw ValidationError(SecretFileArgument.isMissing("--signing-secret"))
        }
        if [http, amqp, pool?.name.text].count(where: { $0 != nil }) > 1 {
            throw ValidationError("Say one of --http, --amqp and --pool: a job has one delivery.")
        }
        let isAlone =
            secretHeader.isEmpty && signingSecret.isEmpty && method == nil && httpTimeout == nil && maxConcurrent == nil
        if http == nil, !isAlone {
            throw ValidationError(
                "--secret-header, --signing-secret, --method, --http-timeout and --max-concurrent belong to "
                    + "--http, whose delivery is set as a whole.")
        }
        if amqp == nil, expiration != nil || unroutableIsFine {
            throw ValidationError(
                "--expiration and --unroutable-is-fine belong to --amqp, whose delivery is set as a whole.")
        }
        if http == nil, amqp == nil, !header.isEmpty {
            throw ValidationError("--header belongs to --http or --amqp, whose delivery is set as a whole.")
        }
        if let amqp, !amqp.contains("/") {
            throw ValidationError(
                "--amqp takes an exchange and a routing key with a / between them; /KEY is the default exchange.")
        }
        if (secretHeader.map(\.file) + signingSecret).count(where: { $0.path == "-" }) > 1 {
            throw ValidationError("Standard input can be read once.")
        }
    }

    /// The delivery as the API takes it; `nil` when there is none.
    ///
    /// Reads the files of secrets.
    func json() throws -> JSONValue? {
        if let amqp { return .object(["amqp": .object(try message(amqp))]) }
        if let pool { return JobDelivery.pool(pool.name).json }
        guard let http else { return nil }
        var members: [String: JSONValue] = ["url": .string(http)]
        members["method"] = method.map { .string($0.uppercased()) }
        members["headers"] = try HeaderArgument.json(header.map { ($0.name, $0.value) }, "--header")
        members["secretHeaders"] = try HeaderArgument.json(
            try secretHeader.map { ($0.name, try $0.file.secret("--secret-header")) }, "--secret-header")
        members["timeout"] = httpTimeout.map { .int($0.milliseconds) }
        members["maxConcurrent"] = maxConcurrent.map { .int($0) }
        if !signingSecret.isEmpty {
            members["signingSecrets"] = .array(
                try signingSecret.map { .string(try $0.secret("--signing-secret")) })
        }
        return .object(["http": .object(members)])
    }

    /// The exchange is what stands before the first `/`.
    private func message(_ place: String) throws -> [String: JSONValue] {
        let parts = place.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var members: [String: JSONValue] = [
            "exchange": .string(String(parts[0])), "routingKey": .string(String(parts.last ?? "")),
        ]
        members["headers"] = try HeaderArgument.json(header.map { ($0.name, $0.value) }, "--header")
        members["expiration"] = expiration.map { .int($0.milliseconds) }
        if unroutableIsFine { members["mandatory"] = .bool(false) }
        return members
    }
}

/// The name of a pool on the command line.
struct PoolArgument: Sendable {
    let name: PoolName

    /// - Throws: `ValidationError`, which says the rule that was broken.
    init(text: String) throws {
        do { name = try PoolName(text) } catch { throw ValidationError(error.reason) }
    }
}

/// A header on the command line: `Name: value`.
struct HeaderArgument: Sendable {
    let name: String
    let value: String

    /// - Throws: `ValidationError`, which says what to write.
    init(text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw ValidationError("is not 'Name: value'") }
        name = String(parts[0])
        value = String(parts[1].drop { $0 == " " })
        if let problem = HTTPDelivery.problem(header: name) { throw ValidationError("its name \(problem)") }
        do { _ = try HTTPDelivery.headerValue(value) } catch { throw ValidationError("its value \(error.reason)") }
    }

    /// As the headers of a delivery; `nil` without any.
    fileprivate static func json(_ headers: [(name: String, value: String)], _ flag: String) throws -> JSONValue? {
        guard !headers.isEmpty else { return nil }
        var members: [String: JSONValue] = [:]
        for header in headers where members.updateValue(.string(header.value), forKey: header.name) != nil {
            throw ValidationError("\(flag) gives two values to \(header.name)")
        }
        return .object(members)
    }
}

/// A secret on the command line: never itself, which other users of the machine would see in the list of processes, but
/// the file that holds it: `@file`, `@-`.
///
/// What is something else is kept until ``DeliveryFlags/validate()``: the parser would show it in its message.
struct SecretFileArgument: Sendable {
    /// `nil` = it names no file.
    let path: String?

    init(text: String) {
        path = text.hasPrefix("@") && text.count > 1 ? String(text.dropFirst()) : nil
    }

    /// What the file holds, without the line end after it.
    fileprivate func secret(_ flag: String) throws -> String {
        guard let path else { throw ValidationError(Self.isMissing(flag)) }
        let bytes = try InputFile.text(at: path)
        var text = bytes.starts(with: UTF8Text.mark) ? bytes.dropFirst(UTF8Text.mark.count) : bytes[...]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        guard !text.isEmpty, text.count <= HTTPDelivery.longestText else {
            let problem = text.isEmpty ? "is empty" : "is longer than \(HTTPDelivery.longestText) bytes"
            throw CLIFailure(
                .usage, "\(flag): \(path == "-" ? "standard input" : EscapedText.bare(path)) \(problem)")
        }
        return String(decoding: text, as: UTF8.self)
    }

    fileprivate static func isMissing(_ flag: String) -> String {
        "\(flag) takes @ and the file that holds the secret: other users of this machine would see it in a command line."
    }
}

/// A secret header on the command line: `Name: @file`.
struct SecretHeaderArgument: Sendable {
    let name: String
    let file: SecretFileArgument

    init(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        file = SecretFileArgument(text: parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
    }
}
