// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Values that begin with a hyphen and cannot be options: `-i -5m`, `--payload -1`, `--description '- a'`.
enum HyphenValue {
    /// The words of a command line with such values joined to their options.
    ///
    /// The parser would look for an option `-5` in them, and say that it is unknown instead of what is wrong with the value.
    static func joined(_ words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.count
        var joined: [String] = []
        for (index, word) in words.enumerated() {
            if index > 0, index < end, isValue(word), isOption(words[index - 1]) {
                joined[joined.count - 1] += "=\(word)"
            } else {
                joined.append(word)
            }
        }
        return joined
    }

    /// No option of ours has anything but a letter after its hyphens.
    private static func isValue(_ word: String) -> Bool {
        guard word.hasPrefix("-"), let second = word.dropFirst().first else { return false }
        return second != "-" && !second.isLetter
    }

    private static func isOption(_ word: String) -> Bool {
        word.hasPrefix("-") && word.count > 1 && !isValue(word) && !word.contains("=")
            && (word.hasPrefix("--") || word.count == 2)
    }
}
