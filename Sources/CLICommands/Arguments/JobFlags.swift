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

    @Option(help: ArgumentHelp(.every, "step"), transform: StepArgument.init(text:))
    var every: StepArgument?

    @Option(help: ArgumentHelp(.timeZone, "zone"))
    var timeZone: String?

    @Option(help: ArgumentHelp(.anchor, "time"), transform: InstantArgument.init(text:))
    var anchor: InstantArgument?

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

    @OptionGroup var delivery: DeliveryFlags

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
    }

    /// The fields that were given, as the API takes them.
    func fields() throws -> [String: JSONValue] {
        let values: [(JobField, JSONValue?)] = [
            (.enabled, enabled?.isTrue.map { .bool($0) }),
            (.nextRunAt, nextRunAt.map { .string($0.time.rfc3339) }),
            (.interval, interval.map { .int($0.milliseconds) }),
            (.cron, cron.map { .string($0) }),
            (.every, every?.step.json),
            (.timeZone, timeZone.map { .string($0) }),
            (.anchor, anchor.map { .string($0.time.rfc3339) }),
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
            (.delivery, try delivery.json()),
            (.payload, try payload?.json()),
            (.description, description.map { .string($0) }),
            (.labels, try label.json()),
        ]
        let given = values.compactMap { field, value in value.map { (field.rawValue, $0) } }
        return Dictionary(uniqueKeysWithValues: given)
    }
}

extension ArgumentHelp {
    /// The help text of a field's flag.
    init(_ field: JobField, _ valueName: String? = nil) {
        self.init(field.row.help, valueName: valueName)
    }
}
