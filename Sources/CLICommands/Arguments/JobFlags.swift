// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A flag for each field of a job (docs/schedules.md says what they mean).
struct JobFlags: ParsableArguments {
    @Option(
        name: .shortAndLong, defaultAsFlag: TruthArgument(argument: "true"), parsing: .next,
        help: ArgumentHelp(.enabled))
    var enabled: TruthArgument?

    @Option(
        name: [.customShort("r"), .long],
        help: ArgumentHelp(.nextRunAt, "time"),
        transform: InstantArgument.init(text:))
    var nextRunAt: InstantArgument?

    @Option(
        name: .shortAndLong, help: ArgumentHelp(.interval, "duration"),
        transform: SpanArgument.init(text:))
    var interval: SpanArgument?

    @Option(help: ArgumentHelp(.cron, "cron"))
    var cron: String?

    @Option(help: ArgumentHelp(.timeZone, "zone"))
    var timeZone: String?

    @Option(
        help: ArgumentHelp(.startAt, "time"),
        transform: InstantArgument.init(text:))
    var startAt: InstantArgument?

    @Option(
        help: ArgumentHelp(.endAt, "time"),
        transform: InstantArgument.init(text:))
    var endAt: InstantArgument?

    @Option(
        help: ArgumentHelp(.jitter, "duration"),
        transform: SpanArgument.init(text:))
    var jitter: SpanArgument?

    @Option(help: ArgumentHelp(.misfirePolicy, "policy"))
    var misfirePolicy: String?

    @Option(help: ArgumentHelp(.maxCatchUp, "count"))
    var maxCatchUp: Int64?

    @Option(
        name: [.customShort("c"), .long], defaultAsFlag: TruthArgument(argument: "true"), parsing: .next,
        help: ArgumentHelp(.allowConcurrentRuns))
    var allowConcurrentRuns: TruthArgument?

    @Option(
        name: [.customShort("q"), .long],
        help: ArgumentHelp(.maxQueueCount, "count"))
    var maxQueueCount: Int64?

    @Option(
        name: [.customShort("s"), .long],
        help: ArgumentHelp(.runStartTimeout, "duration"),
        transform: SpanArgument.init(text:))
    var runStartTimeout: SpanArgument?

    @Option(
        name: [.customShort("x"), .long],
        help: ArgumentHelp(.runExecutionTimeout, "duration"),
        transform: SpanArgument.init(text:))
    var runExecutionTimeout: SpanArgument?

    @Option(
        name: [.customShort("t"), .long],
        help: ArgumentHelp(.heartbeatTimeout, "duration"),
        transform: SpanArgument.init(text:))
    var heartbeatTimeout: SpanArgument?

    @Option(help: ArgumentHelp(.maxAttempts, "count"))
    var maxAttempts: Int64?

    @Option(
        help: ArgumentHelp(.retryBackoff, "backoff"))
    var retryBackoff: BackoffArgument?

    @Option(
        help: ArgumentHelp(.retention, "duration"),
        transform: SpanArgument.init(text:))
    var retention: SpanArgument?

    @Option(help: ArgumentHelp(.delivery, "url"))
    var http: String?

    @Option(
        help: ArgumentHelp("A header of the request of --http; may repeat.", valueName: "name: value"),
        transform: HeaderArgument.init(text:))
    var header: [HeaderArgument] = []

    @Option(
        help: ArgumentHelp(
            "The method of the request of --http: POST (default), GET, PUT, PATCH or DELETE.", valueName: "method"))
    var httpMethod: String?

    @Option(
        help: ArgumentHelp("How long the answer to --http may take; default 30s.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var httpTimeout: SpanArgument?

    @Option(help: ArgumentHelp(.payload, "json"))
    var payload: PayloadArgument?

    @Option(help: ArgumentHelp(.description, "text"))
    var description: String?

    @Option(
        help: ArgumentHelp(.labels, "key=value"),
        transform: LabelArgument.init(text:))
    var label: [LabelArgument] = []

    mutating func validate() throws {
        try enabled?.check("--enabled")
        try allowConcurrentRuns?.check("--allow-concurrent-runs")
        if http == nil, !header.isEmpty || httpMethod != nil || httpTimeout != nil {
            throw ValidationError(
                "--header, --http-method and --http-timeout belong to --http, whose delivery is set as a whole.")
        }
    }

    /// The fields that were given, as the API takes them.
    func fields() throws -> [String: JSONValue] {
        let values: [(JobField, JSONValue?)] = [
            (.enabled, enabled?.isTrue.map { .bool($0) }),
            (.nextRunAt, nextRunAt.map { .string($0.time.rfc3339) }),
            (.interval, interval.map { .int($0.milliseconds) }),
            (.cron, cron.map { .string($0) }),
            (.timeZone, timeZone.map { .string($0) }),
            (.startAt, startAt.map { .string($0.time.rfc3339) }),
            (.endAt, endAt.map { .string($0.time.rfc3339) }),
            (.jitter, jitter.map { .int($0.milliseconds) }),
            (.misfirePolicy, misfirePolicy.map { .string($0) }),
            (.maxCatchUp, maxCatchUp.map { .int($0) }),
            (.allowConcurrentRuns, allowConcurrentRuns?.isTrue.map { .bool($0) }),
            (.maxQueueCount, maxQueueCount.map { .int($0) }),
            (.runStartTimeout, runStartTimeout.map { .int($0.milliseconds) }),
            (.runExecutionTimeout, runExecutionTimeout.map { .int($0.milliseconds) }),
            (.heartbeatTimeout, heartbeatTimeout.map { .int($0.milliseconds) }),
            (.maxAttempts, maxAttempts.map { .int($0) }),
            (.retryBackoff, retryBackoff?.json),
            (.retention, retention.map { .int($0.milliseconds) }),
            (.delivery, try delivery()),
            (.payload, try payload?.json()),
            (.description, description.map { .string($0) }),
            (.labels, try label.json()),
        ]
        let given = values.compactMap { field, value in value.map { (field.rawValue, $0) } }
        return Dictionary(uniqueKeysWithValues: given)
    }

    private func delivery() throws -> JSONValue? {
        guard let http else { return nil }
        var members: [String: JSONValue] = ["url": .string(http)]
        members["method"] = httpMethod.map { .string($0.uppercased()) }
        members["headers"] = try header.json()
        members["timeout"] = httpTimeout.map { .int($0.milliseconds) }
        return .object(["http": .object(members)])
    }
}

extension ArgumentHelp {
    /// The help text of a field's flag.
    fileprivate init(_ field: JobField, _ valueName: String? = nil) {
        self.init(field.row.help, valueName: valueName)
    }
}
