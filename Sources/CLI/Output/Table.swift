// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Rows below headings, as wide as the screen at most.
struct Table {
    /// One field of a row; control characters are made harmless.
    struct Cell {
        let text: String
        let style: Style?

        init(_ text: String, _ style: Style? = nil) {
            self.text = EscapedText.bare(text)
            self.style = style
        }
    }

    /// The narrowest that a column is made.
    private static let narrowest = 6
    private static let gap = 2

    /// A column without a heading is left out.
    var headings: [String]
    var rows: [[Cell]] = []

    init(_ headings: String...) {
        self.headings = headings
    }

    /// The lines, headings first; none without rows.
    func lines(for screen: Screen) -> [String] {
        guard !rows.isEmpty else { return [] }
        let columns = headings.indices.filter { !headings[$0].isEmpty }
        if columns.count < headings.count {
            var table = self
            table.headings = columns.map { headings[$0] }
            table.rows = rows.map { row in columns.map { row[$0] } }
            return table.lines(for: screen)
        }
        let widths = widths(within: screen.width)
        let head = line(headings.map { Cell($0, .bold) }, widths, screen)
        return [head] + rows.map { line($0, widths, screen) }
    }

    /// What each column needs, the widest made narrower until all fit.
    private func widths(within limit: Int?) -> [Int] {
        var widths = headings.map { TextWidth.of($0) }
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], TextWidth.of(cell.text)) }
        }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - limit
        while excess > 0, let widest = widths.max(), widest > Self.narrowest {
            let second = widths.filter { $0 < widest }.max() ?? Self.narrowest
            for column in widths.indices where widths[column] == widest && excess > 0 {
                let cut = min(excess, widest - max(second, Self.narrowest))
                widths[column] -= cut
                excess -= cut
            }
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ screen: Screen) -> String {
        var line = ""
        var room = screen.width ?? .max
        for (column, cell) in cells.enumerated() {
            let text = TextWidth.fit(cell.text, min(widths[column], max(room, 1)))
            room -= widths[column] + Self.gap
            line += screen.styled(text, cell.style)
            guard column < cells.count - 1, room > 0 else { break }
            line += String(repeating: " ", count: widths[column] - TextWidth.of(text) + Self.gap)
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
