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

/// The option of `login` whose value may be anything: `-s -Xu7…`.
enum SecretWord {
    private static let options: Set<String> = ["-s", "--client-secret"]

    /// The words of a command line with a secret that begins with a hyphen joined to its option.
    ///
    /// The parser first looks for the options of all commands in every word. It would find `-u` and `-o` in such a secret,
    /// and what it cannot use it prints.
    static func joined(_ words: [String]) -> [String] {
        guard words.contains("login") else { return words }
        var joined: [String] = []
        for word in words {
            if word.hasPrefix("-"), word != "-", let last = joined.last, options.contains(last) {
                joined[joined.count - 1] = "--client-secret=\(word)"
            } else {
                joined.append(word)
            }
        }
        return joined
    }
}
