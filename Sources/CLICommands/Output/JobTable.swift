// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Jobs as a table.
enum JobTable {
    static func table(_ items: [Item], _ screen: Screen) -> Table {
        var table = Table(
            ["NAME", "ENABLED", "SCHEDULE", "NEXT RUN", "LABELS"],
            narrowing: [
                .cut("NAME", to: 40), .cut("LABELS", to: 12), .drop("LABELS"), .cut("SCHEDULE", to: 12),
                .cut("NAME", to: 24), .drop("SCHEDULE"), .cut("NAME", to: 16), .drop("NEXT RUN"), .cut("NAME", to: 1),
            ])
        for item in items {
            let isEnabled = item.flag("enabled")
            let style: Style? = isEnabled ? nil : .dim
            table.rows.append([
                .init(item.text("name"), style), .init(isEnabled ? "yes" : "no", isEnabled ? .green : .dim),
                .init(schedule(item), style), .init(screen.time(item.time("nextRunAt")), style),
                .init(item.members["labels"].map { FieldText.text("labels", $0, screen) } ?? "", .dim),
            ])
        }
        return table
    }

    /// `every 5m`, `0 6 * * MON-FRI Europe/Berlin`, `every 1 month` or `once`.
    static func schedule(_ item: Item) -> String {
        let step = item.members["every"].flatMap { FieldText.step($0) }.map { "every \($0)" }
        let rule = step ?? item.text("cron")
        if !rule.isEmpty { return [rule, item.text("timeZone")].filter { !$0.isEmpty }.joined(separator: " ") }
        guard let interval = item.int("interval"), interval > 0 else { return "once" }
        return "every \(SpanText.text(interval))"
    }
}
