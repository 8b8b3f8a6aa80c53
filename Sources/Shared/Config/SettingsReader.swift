// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard

/// Reads settings one by one, and gathers every fault, every warning and what `--check` shows on the way.
///
/// Each verb returns a usable value even when it noted a fault; the faults decide in the end whether anything is used.
/// A setting that several parts of a program read counts once.
package struct SettingsReader {
    private let source: SettingSource
    /// What is wrong so far.
    package private(set) var faults: [SettingFault] = []
    /// What an operator may want to know although it is no fault; one line each.
    package private(set) var warnings: [String] = []
    /// What was read so far, in that order.
    package private(set) var resolved: [ResolvedSetting] = []
    /// Whether the program is alone with its data, and so may keep them in a file.
    package var isAlone = false

    /// Starts to read.
    package init(_ source: SettingSource) {
        self.source = source
    }

    /// Whether somebody set it, to whatever.
    package func isSet(_ name: SettingName) -> Bool {
        source.value(of: name) != nil
    }

    /// Notes something that is no fault.
    package mutating func warn(_ text: String) {
        if !warnings.contains(text) { warnings.append(text) }
    }

    /// Notes that a variable is at fault whose value is missing or must not be shown.
    package mutating func fault(_ name: SettingName, expected: String) {
        note(SettingFault(name, expected: expected))
    }

    private mutating func note(_ fault: SettingFault) {
        if !faults.contains(fault) { faults.append(fault) }
    }

    private mutating func resolve(_ name: SettingName, _ shown: String, _ origin: SettingOrigin) {
        guard !resolved.contains(where: { $0.name == name }) else { return }
        resolved.append(ResolvedSetting(name: name, shownValue: shown, origin: origin))
    }

    /// What stands before the first colon of a value; `nil` when it is not set.
    func scheme(of name: SettingName) -> String? {
        source.value(of: name).map { String($0.text.prefix { $0 != ":" }) }
    }

    /// Warns of every variable that looks like ours and is not.
    ///
    /// In the env file each one counts; the environment may hold variables of other programs with our prefix, so there
    /// only what resembles a setting does.
    package mutating func warnOfUnknownNames() {
        for name in source.unknownNames {
            let nearest = SettingName.nearest(to: name)
            guard nearest != nil || source.isInFile(name) else { continue }
            let hint = nearest.map { "; did you mean \($0.rawValue)?" } ?? ""
            warn("\(name) is not a setting and has no effect\(hint)")
        }
    }

    /// Reads a setting that must be there or has a default.
    ///
    /// `parse` returns `nil` for what it does not take; `show` says how `--check` shows it. `fallback` must be something
    /// that `parse` takes.
    package mutating func value<Value>(
        _ name: SettingName, default fallback: String, expected: String, show: (Value) -> String,
        parse: (String) -> Value?
    ) -> Value {
        let given = source.value(of: name) ?? (fallback, .builtIn)
        if let value = parse(given.text) {
            resolve(name, show(value), given.origin)
            return value
        }
        note(SettingFault(name, value: given.text, expected: expected))
        guard let value = parse(fallback) else { preconditionFailure("the default of \(name.rawValue) must be valid") }
        return value
    }

    /// Reads a setting that may be absent; `nil` when it is, or is at fault.
    package mutating func optional<Value>(
        _ name: SettingName, expected: String, show: (Value) -> String, parse: (String) -> Value?
    ) -> Value? {
        guard let given = source.value(of: name) else {
            resolve(name, "", .nowhere)
            return nil
        }
        guard let value = parse(given.text) else {
            note(SettingFault(subject: Self.spelled(name, given.origin), value: given.text, expected: expected))
            return nil
        }
        resolve(name, show(value), given.origin)
        return value
    }

    /// The name under which a value was given.
    private static func spelled(_ name: SettingName, _ origin: SettingOrigin) -> String {
        if case .other(let other, _) = origin { other } else { name.rawValue }
    }

    /// Reads a setting whose text is not shown when it is at fault, for it may hold a password; `nil` then, or when it is not
    /// set and has no default.
    mutating func secret<Value>(
        _ name: SettingName, default fallback: String? = nil, expected: String, show: (Value) -> String,
        parse: (String) -> Value?
    ) -> Value? {
        guard let given = source.value(of: name) ?? fallback.map({ ($0, .builtIn) }) else {
            resolve(name, "", .nowhere)
            return nil
        }
        guard let value = parse(given.text) else {
            fault(name, expected: expected)
            return nil
        }
        resolve(name, show(value), given.origin)
        return value
    }

    /// Reads a list, of which a fault shows the bad entry alone; `nil` when it is not set, or is at fault.
    mutating func list<Value>(_ name: SettingName, parse: (String) throws(InvalidRule) -> Value) -> Value? {
        guard let given = source.value(of: name) else {
            resolve(name, "", .nowhere)
            return nil
        }
        do throws(InvalidRule) {
            let value = try parse(given.text)
            resolve(name, given.text, given.origin)
            return value
        } catch {
            note(
                SettingFault(
                    subject: Self.spelled(name, given.origin), value: error.entry, expected: error.expected))
            return nil
        }
    }

    /// Reads a connection string, whose text is never shown; `nil` when there is none, or it is at fault.
    ///
    /// `overridden` looks it through and gives the options that have no effect, which are warned of.
    mutating func connectionString(
        _ name: SettingName, default fallback: String? = nil, schemes: [String],
        overridden: (String) throws(InvalidAddress) -> [String]
    ) -> ConnectionString? {
        guard let given = source.value(of: name) ?? fallback.map({ ($0, .builtIn) }) else {
            resolve(name, "", .nowhere)
            return nil
        }
        do throws(InvalidAddress) {
            let options = try overridden(given.text)
            guard let string = ConnectionString(given.text, schemes: schemes) else {
                throw InvalidAddress("a connection string that starts with \(schemes[0])://")
            }
            resolve(name, string.description, given.origin)
            if !options.isEmpty {
                let verb = options.count == 1 ? "has" : "have"
                warn(
                    "\(name.rawValue): \(options.joined(separator: ", ")) \(verb) no effect, see docs/configuration.md")
            }
            return string
        } catch {
            fault(name, expected: error.description)
            return nil
        }
    }
}
