// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Shows objects of the API in the format that was asked for.
struct ItemPrinter {
    let format: OutputFormat
    let screen: Screen

    /// A list.
    func lines(_ items: [Item], _ kind: ItemKind) -> [String] {
        switch format {
        case .json: [PrettyJSON.text(items, kind)]
        case .yaml: YAMLText.sequence(items, kind)
        case .name: items.map { EscapedText.bare($0.text(kind.key)) }
        case .table: table(items, kind).lines(for: screen)
        }
    }

    /// One object.
    func lines(_ item: Item, _ kind: ItemKind) -> [String] {
        switch format {
        case .json: [PrettyJSON.text(item, kind)]
        case .yaml: YAMLText.mapping(kind.fields(item))
        case .name: [EscapedText.bare(item.text(kind.key))]
        case .table: details(item, kind)
        }
    }

    private func table(_ items: [Item], _ kind: ItemKind) -> Table {
        switch kind {
        case .job: JobTable.table(items, screen)
        case .run: RunTable.table(items, screen)
        case .manager: managers(items)
        case .slot: slots(items)
        case .context, .login, .delivery: contexts(items)
        }
    }

    private func managers(_ items: [Item]) -> Table {
        var table = Table(
            ["ID", "HOST", "JOBS", "LAST SEEN"],
            narrowing: [.cut("HOST", to: 12), .drop("LAST SEEN"), .cut("HOST", to: 6), .drop("HOST")])
        for item in items {
            table.rows.append([
                .init(item.text("id")), .init(item.text("hostname")), .init(item.int("jobs").map { "\($0)" } ?? ""),
                .init(screen.time(item.time("heartbeat"))),
            ])
        }
        return table
    }

    private func contexts(_ items: [Item]) -> Table {
        var table = Table(
            ["", "NAME", "URL", "USER", "ISSUER", "CLIENT"],
            narrowing: [
                .cut("ISSUER", to: 20), .drop("CLIENT"), .drop("ISSUER"), .cut("URL", to: 20), .cut("USER", to: 8),
                .drop("USER"), .cut("NAME", to: 12), .drop("URL"), .cut("NAME", to: 1),
            ])
        for item in items {
            table.rows.append([
                .init(item.flag("current") ? "*" : ""), .init(item.text("name"), .bold), .init(item.text("url")),
                .init(item.text("user")), .init(item.text("issuer")), .init(item.text("client")),
            ])
        }
        return table
    }

    private func slots(_ items: [Item]) -> Table {
        let isLocal = items.contains { $0.members["localTime"] != nil }
        let headings =
            ["UTC"] + (isLocal ? ["LOCAL"] : []) + (screen.isTerminal ? ["IN"] : []) + (isLocal ? ["CLOCK"] : [])
        var table = Table(
            headings, narrowing: [.drop("IN")] + (isLocal ? [.drop("UTC"), .cut("CLOCK", to: 6), .drop("CLOCK")] : []))
        for item in items {
            let time = item.time("scheduledTime")
            let change: Table.Cell =
                switch item.text("dstTransition") {
                case "forward": .init("put forward before", .yellow)
                case "back": .init("put back before", .yellow)
                default: .init("")
                }
            let distance = Table.Cell(time.map { RelativeTime.text($0, from: screen.now) } ?? "")
            table.rows.append(
                [.init(time?.rfc3339 ?? "")] + (isLocal ? [.init(item.text("localTime"))] : [])
                    + (screen.isTerminal ? [distance] : []) + (isLocal ? [change] : []))
        }
        return table
    }

    /// Each field on a line of its own.
    private func details(_ item: Item, _ kind: ItemKind) -> [String] {
        let fields = kind.fields(item)
        let width = fields.map { TextWidth.of($0.name) }.max() ?? 0
        return fields.map { name, value in
            let padding = String(repeating: " ", count: width - TextWidth.of(name) + 2)
            return screen.styled(EscapedText.bare(name), .bold) + padding + FieldText.text(name, value, screen)
        }
    }
}
