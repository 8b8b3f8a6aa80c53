// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Runs as a table.
enum RunTable {
    static func table(_ items: [Item], _ screen: Screen) -> Table {
        var table = Table("ID", "JOB", "STATUS", "TRIGGER", "CREATED", "TOOK", "ATTEMPT", "NOTE")
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

    /// How long it ran, or runs already when `now` is known; in whole seconds once it is some.
    static func took(_ item: Item, now: Timestamp?) -> String {
        guard let start = item.time("startTime"), let end = item.time("endTime") ?? now else { return "" }
        let span = max(0, (end - start).milliseconds)
        return SpanText.text(span < 10_000 ? span : span / 1_000 * 1_000)
    }

    /// What one would ask next: how far it is, or what went wrong.
    static func note(_ item: Item) -> String {
        let error = item.text("error")
        if !error.isEmpty { return error }
        guard item.status?.isFinal == false, let progress = item.number("progress") else { return "" }
        return FieldText.percent(progress)
    }
}
