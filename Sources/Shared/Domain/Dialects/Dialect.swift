// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard

/// The languages of other services that the API speaks beside its own (contract, section 12), where a setting says so; the raw values
/// are those of the setting, of the label `dialect` and of the file of tokens.
package enum Dialect: String, Hashable, Sendable, CaseIterable {
    case clockMonster = "clockmonster"
    case jobs

    /// The label that its jobs have.
    package static let label = "dialect"

    /// Reads a list of them, separated by commas.
    ///
    /// - Throws: with the word that names none.
    package static func list(_ text: String) throws(InvalidRule) -> Set<Dialect> {
        var dialects: Set<Dialect> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let word = part.filter { $0 != " " }
            guard let dialect = Dialect(rawValue: word) else {
                throw InvalidRule(entry: word, expected: word == "clockwork" ? clockworkIsMissing : expected)
            }
            dialects.insert(dialect)
        }
        return dialects
    }

    private static let known = allCases.map(\.rawValue).sorted().joined(separator: ", ")
    private static let expected = "dialects separated by commas, of \(known)"
    private static let clockworkIsMissing =
        "dialects that are there: \(known); clockwork delivers messages, which this version does not have"
}
