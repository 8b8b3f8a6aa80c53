// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// Draws files of one job, of every kind that `apply` takes.
enum FileDraw {
    static func file(at now: Timestamp, _ random: inout SplitMix) -> String {
        var lines = ["name: a"]
        func chance(_ percent: Int, _ random: inout SplitMix) -> Bool {
            Int.random(in: 0..<100, using: &random) < percent
        }
        func pick(_ values: [String], _ random: inout SplitMix) -> String { values.randomElement(using: &random) ?? "" }
        func near(_ random: inout SplitMix) -> Timestamp {
            let reach: Int64 =
                [1, 2_000, 100_000, 7_200_000, 90_000_000, 40_000_000_000].randomElement(using: &random) ?? 1
            return now + .milliseconds(Int64.random(in: -reach...reach, using: &random))
        }
        let kind = Int.random(in: 0..<6, using: &random)
        var slot = chance(60, &random) ? near(&random) : nil
        switch kind {
        case 0: slot = near(&random)
        case 1, 2:
            lines.append("interval: \(pick(["1s", "90s", "1h", "3600000", "1d", "2h30m", "7777", "1"], &random))")
        case 3:
            lines.append(
                "every: \(pick(["{months: 1}", "{days: 1}", "{weeks: 2}", "{days: 31}"], &random))")
            if chance(50, &random) {
                lines.append("timeZone: \(pick(["Europe/Berlin", "UTC", "Asia/Kolkata"], &random))")
            }
            if chance(30, &random) { lines.append("anchor: \(near(&random).rfc3339)") }
        default:
            lines.append(
                "cron: '\(pick(["0 9 * * *", "*/30 * * * * *", "@daily", "H H * * *", "5 2 * * SUN"], &random))'")
            if chance(50, &random) {
                lines.append("timeZone: \(pick(["Europe/Berlin", "UTC", "Asia/Kolkata"], &random))")
            }
        }
        if let slot { lines.append("nextRunAt: \"\(slot.rfc3339)\"") }
        if kind != 0, chance(15, &random) { lines.append("startAt: \(near(&random).rfc3339)") }
        // Not one that is over: the API refuses a schedule without a slot.
        if kind != 0, chance(15, &random) {
            lines.append(
                "endAt: \((now + .seconds(Int64.random(in: 50_000_000...60_000_000, using: &random))).rfc3339)")
        }
        let others = [
            ["enabled: false", "enabled: true"], ["jitter: 0", "jitter: 5s", "jitter: 1500"],
            ["misfirePolicy: once", "misfirePolicy: all\nmaxCatchUp: 100", "maxCatchUp: 7"],
            ["labels: {}", "labels: {team: ops, n: '5'}", "labels: {a/b: ''}"],
            [
                "payload: null", "payload: {}", "payload: [1, 2.5, null, 1e3]", "payload: 'text'",
                "payload: {a: {b: [{}]}, '1': 1.0}",
            ],
            ["maxAttempts: 1", "maxAttempts: 3\nretryBackoff: {}", "retryBackoff: {initial: 5s, factor: 1.5}"],
            ["retention: 0", "retention: 30d"],
            ["description: ''", "description: |\n  two\n  lines", "description: \"ü 😀\""],
            ["runExecutionTimeout: 1m", "heartbeatTimeout: 90s", "runStartTimeout: 0"],
            ["maxQueueCount: 0", "maxQueueCount: 5", "allowConcurrentRuns: true"],
        ]
        for values in others where chance(25, &random) { lines.append(pick(values, &random)) }
        return lines.joined(separator: "\n")
    }
}
