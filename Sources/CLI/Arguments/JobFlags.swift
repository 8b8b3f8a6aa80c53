// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A flag for each field of a job (docs/schedules.md says what they mean).
struct JobFlags: ParsableArguments {
    @Option(
        name: .shortAndLong, defaultAsFlag: TruthArgument(argument: "true"), parsing: .next,
        help: "Whether the job is fired.")
    var enabled: TruthArgument?

    @Option(
        name: [.customShort("r"), .long],
        help: ArgumentHelp("The next slot: RFC 3339, now, or +5m.", valueName: "time"),
        transform: InstantArgument.init(text:))
    var nextRunAt: InstantArgument?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("From slot to slot: 90s, 5m, 1h30m; 0 = once.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var interval: SpanArgument?

    @Option(help: ArgumentHelp("When the slots are: five fields, or six with the second first.", valueName: "cron"))
    var cron: String?

    @Option(help: ArgumentHelp("The zone of --cron (IANA; default UTC).", valueName: "zone"))
    var timeZone: String?

    @Option(
        help: ArgumentHelp("No slot is before this.", valueName: "time"),
        transform: InstantArgument.init(text:))
    var startAt: InstantArgument?

    @Option(
        help: ArgumentHelp("No slot is after this.", valueName: "time"),
        transform: InstantArgument.init(text:))
    var endAt: InstantArgument?

    @Option(
        help: ArgumentHelp("Up to how much later than its slot a run is fired.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var jitter: SpanArgument?

    @Option(help: ArgumentHelp("What becomes of missed slots: once, skip or all.", valueName: "policy"))
    var misfirePolicy: String?

    @Option(help: ArgumentHelp("How many missed slots --misfire-policy all makes up for.", valueName: "count"))
    var maxCatchUp: Int64?

    @Option(
        name: [.customShort("c"), .long], defaultAsFlag: TruthArgument(argument: "true"), parsing: .next,
        help: "Whether several runs may be at work at a time.")
    var allowConcurrentRuns: TruthArgument?

    @Option(
        name: [.customShort("q"), .long],
        help: ArgumentHelp("The most runs that may wait; 0 = no limit.", valueName: "count"))
    var maxQueueCount: Int64?

    @Option(
        name: [.customShort("s"), .long],
        help: ArgumentHelp("Pending longer than this, a run is cancelled; 0 = never.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var runStartTimeout: SpanArgument?

    @Option(
        name: [.customShort("x"), .long],
        help: ArgumentHelp("Running longer than this, a run is cancelled; 0 = never.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var runExecutionTimeout: SpanArgument?

    @Option(
        name: [.customShort("t"), .long],
        help: ArgumentHelp("Silent longer than this, a run is started again; 0 = never.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var heartbeatTimeout: SpanArgument?

    @Option(help: ArgumentHelp("How often a run is tried until it stays failed.", valueName: "count"))
    var maxAttempts: Int64?

    @Option(
        help: ArgumentHelp("The wait between attempts: initial=1s,factor=2,max=5m.", valueName: "backoff"))
    var retryBackoff: BackoffArgument?

    @Option(
        help: ArgumentHelp("Ended runs older than this are deleted; 0 = never.", valueName: "duration"),
        transform: SpanArgument.init(text:))
    var retention: SpanArgument?

    @Option(help: ArgumentHelp("JSON that is sent with each run, or @ and a file that holds it.", valueName: "json"))
    var payload: PayloadArgument?

    @Option(help: ArgumentHelp("For people.", valueName: "text"))
    var description: String?

    @Option(
        help: ArgumentHelp("A label; may repeat. On update they take the place of all labels.", valueName: "key=value"),
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
            (.payload, try payload?.json()),
            (.description, description.map { .string($0) }),
            (.labels, try label.json()),
        ]
        let given = values.compactMap { field, value in value.map { (field.rawValue, $0) } }
        return Dictionary(uniqueKeysWithValues: given)
    }
}
