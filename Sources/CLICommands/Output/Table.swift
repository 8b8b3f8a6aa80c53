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

    /// One way to make the table narrower, by a column's heading.
    enum Step {
        /// Cuts the column's longest texts, as far as is needed, to so many columns of the terminal at the least.
        case cut(String, to: Int)
        case drop(String)
    }

    private static let gap = 2

    let headings: [String]
    /// What is done, in this order, until the table fits the screen; columns that are empty go before.
    ///
    /// What is in no step stays whole on every screen that has room for it.
    let steps: [Step]
    var rows: [[Cell]] = []

    init(_ headings: [String], narrowing steps: [Step]) {
        self.headings = headings
        self.steps = steps
    }

    /// The lines, headings first; none without rows.
    func lines(for screen: Screen) -> [String] {
        guard !rows.isEmpty else { return [] }
        let columns = columns(within: screen.width ?? .max)
        return ([headings.map { Cell($0, .bold) }] + rows).map { line($0, columns, screen) }
    }

    private func columns(within limit: Int) -> [(index: Int, width: Int)] {
        var columns = headings.indices.map { (index: $0, width: width(of: $0)) }
        func excess() -> Int { columns.reduce(-Self.gap) { $0 + $1.width + Self.gap } - limit }
        if excess() > 0 { columns.removeAll { column in rows.allSatisfy { $0[column.index].text.isEmpty } } }
        for step in steps where excess() > 0 {
            switch step {
            case .cut(let heading, let least):
                guard let column = columns.firstIndex(where: { headings[$0.index] == heading }) else { continue }
                let width = columns[column].width
                columns[column].width = min(width, max(least, width - excess()))
            case .drop(let heading): columns.removeAll { headings[$0.index] == heading }
            }
        }
        // What a dropped column leaves is for those that were cut.
        for (place, column) in columns.enumerated() where excess() < 0 {
            columns[place].width = min(width(of: column.index), column.width - excess())
        }
        return columns
    }

    /// What a column needs.
    private func width(of column: Int) -> Int {
        rows.reduce(TextWidth.of(headings[column])) { max($0, TextWidth.of($1[column].text)) }
    }

    private func line(_ cells: [Cell], _ columns: [(index: Int, width: Int)], _ screen: Screen) -> String {
        var line = ""
        var room = screen.width ?? .max
        for (index, width) in columns where room > 0 {
            let cell = cells[index]
            let text = TextWidth.fit(cell.text, min(width, room))
            let padding = String(repeating: " ", count: max(0, min(width, room) - TextWidth.of(text)) + Self.gap)
            line += screen.styled(text, cell.style) + padding
            room -= width + Self.gap
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

/// How many columns of a terminal a text takes.
enum TextWidth {
    static func of(_ text: String) -> Int {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
        return isPlain ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    /// The text cut to so many columns, with an ellipsis where something was cut.
    static func fit(_ text: String, _ width: Int) -> String {
        guard of(text) > width else { return text }
        var result = String.UnicodeScalarView()
        var room = width - 1
        for scalar in text.unicodeScalars {
            room -= Self.width(of: scalar)
            if room < 0 { break }
            result.append(scalar)
        }
        return String(result) + "…"
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        // East Asian wide and full-width blocks, and emoji (UAX #11).
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
