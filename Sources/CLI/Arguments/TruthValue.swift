// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The flags of `add job` and `update job` whose value may be left out: `--enabled`, `--enabled false`.
enum TruthValue {
    static let flags: Set<String> = ["-e", "--enabled", "-c", "--allow-concurrent-runs"]

    /// The words of a command line with the values that were left out in front of something else.
    ///
    /// In `add job --enabled report` the parser would take `report` for the value.
    static func filledIn(_ words: [String]) -> [String] {
        guard concerns(words) else { return words }
        let end = words.firstIndex(of: "--") ?? words.count
        var filled: [String] = []
        for (index, word) in words.enumerated() {
            // The parser would take a value that is empty for none.
            if index < end, word.hasSuffix("="), flags.contains(String(word.dropLast())) {
                filled += [String(word.dropLast()), ""]
                continue
            }
            filled.append(word)
            guard flags.contains(word), index + 1 < end else { continue }
            let next = words[index + 1]
            if !next.hasPrefix("-"), TruthArgument(argument: next).isTrue == nil { filled.append("true") }
        }
        return filled
    }

    private static func concerns(_ words: [String]) -> Bool {
        guard
            let verb = words.indices.first(where: { index in
                ["add", "a", "update", "u"].contains(words[index])
                    && words[(index + 1)...].first.map { ["job", "j"].contains($0) } == true
            })
        else { return false }
        return !words[..<verb].contains("context")
    }
}
