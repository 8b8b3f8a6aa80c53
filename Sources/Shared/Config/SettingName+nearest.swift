// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension SettingName {
    /// The known name that takes the fewest single-character edits to get to from `text`, the first in order of ties.
    ///
    /// At most four edits; `nil` = it resembles none.
    package static func nearest(to text: String) -> SettingName? {
        let wanted = Array(text.unicodeScalars.prefix(128))
        var best: (name: SettingName?, distance: Int) = (nil, 5)
        for name in allCases {
            let distance = editDistance(wanted, Array(name.rawValue.unicodeScalars))
            if distance < best.distance { best = (name, distance) }
        }
        return best.name
    }

    /// Levenshtein's distance, row by row.
    private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var previous = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = previous[column] + (scalar == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
