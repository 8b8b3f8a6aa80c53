// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The variables that a program was given: its environment, and below it an env file.
package struct SettingSource: Sendable {
    private let environment: [String: String]
    private let file: [String: String]
    private let filePath: String

    /// `filePath` is for messages only.
    package init(environment: [String: String], file: [String: String] = [:], filePath: String = ".env") {
        self.environment = environment
        self.file = file
        self.filePath = filePath
    }

    /// The value, and who set it; the environment wins.
    ///
    /// An empty value counts as not set, in either place.
    package func value(of name: SettingName) -> (text: String, origin: SettingOrigin)? {
        if let text = environment[name.rawValue], !text.isEmpty { return (text, .environment) }
        if let text = file[name.rawValue], !text.isEmpty { return (text, .file(filePath)) }
        guard let other = name.otherName else { return nil }
        if let text = Self.entries(environment[other]) { return (text, .other(other, .environment)) }
        if let text = Self.entries(file[other]) { return (text, .other(other, .file(filePath))) }
        return nil
    }

    /// The list without spaces and empty entries; `nil` when nothing is left.
    private static func entries(_ list: String?) -> String? {
        let entries = (list ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        return entries.isEmpty ? nil : entries.joined(separator: ",")
    }

    /// Whether the env file sets a variable of that name.
    func isInFile(_ name: String) -> Bool { file[name] != nil }

    /// The names that look like settings of ours and are none, sorted, at most 20.
    package var unknownNames: [String] {
        let candidates = Set(environment.keys).union(file.keys).filter {
            $0.hasPrefix(SettingName.prefix) && SettingName(rawValue: $0) == nil
        }
        return Array(candidates.sorted().prefix(20))
    }
}
