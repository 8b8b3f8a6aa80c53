// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Runs as a table.
enum RunTable {
    static func table(_ items: [Item], _ screen: Screen) -> Table {
        var table = Table(
            ["ID", "JOB", "STATUS", "TRIGGER", "CREATED", "TOOK", "ATTEMPT", "NOTE"],
            narrowing: [
                .cut("NOTE", to: 24), .cut("JOB", to: 32), .drop("TRIGGER"), .drop("ATTEMPT"), .cut("NOTE", to: 12),
                .cut("JOB", to: 16), .drop("TOOK"), .drop("NOTE"), .cut("JOB", to: 8), .drop("CREATED"), .drop("JOB"),
            ])
        for item in items {
            table.rows.append([
                .init(item.text("id")), .init(item.text("jobName")), .init(item.text("status"), Style(item.status)),
                .init(item.text("trigger")), .init(screen.time(item.time("createdTime"))),
                .init(took(item, now: screen.isTerminal ? screen.now : nil)),
                .init(item.int("attempt").map { "\($0)" } ?? ""), .init(note(item)),
            ])
        }
        return table
    }

    /// How long it ran, or runs already when `now` is known: `965ms`, `2.0s`, `1m30s`.
    static func took(_ item: Item, now: Timestamp?) -> String {
        guard let start = item.time("startTime"), let end = item.time("endTime") ?? now else { return "" }
        let span = max(0, (end - start).milliseconds)
        return switch span {
        case ..<1_000: SpanText.text(span)
        case ..<10_000: "\(span / 1_000).\(span % 1_000 / 100)s"
        default: SpanText.text(span / 1_000 * 1_000)
        }
    }

    /// What one would ask next: how far it is, or what went wrong.
    static func note(_ item: Item) -> String {
        let error = item.text("error")
        if !error.isEmpty { return error }
        guard item.status?.isFinal == false, let progress = item.number("progress") else { return "" }
        return FieldText.percent(progress)
    }
}
