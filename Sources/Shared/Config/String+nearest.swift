// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension String {
    /// The word that takes the fewest single-character edits to get to from this text, the first in order of ties.
    ///
    /// `nil` = none of them takes so few.
    package func nearest(in words: [String], within limit: Int) -> String? {
        let wanted = Array(unicodeScalars.prefix(128))
        var best: (word: String?, distance: Int) = (nil, limit + 1)
        for word in words {
            let distance = Self.editDistance(wanted, Array(word.unicodeScalars))
            if distance < best.distance { best = (word, distance) }
        }
        return best.word
    }

    /// Levenshtein's distance, row by row.
    private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var previous = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = previous[column] + (scalar == other ? 0 : 1)
                current.append(Swift.min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
