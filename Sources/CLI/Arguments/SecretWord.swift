// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
