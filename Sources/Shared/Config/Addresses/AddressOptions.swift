// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The options after the question mark of a connection string, each checked by its rule.
struct AddressOptions {
    /// Name and value of those that have an effect, decoded, in their order; an option may occur twice only where it may
    /// be repeated.
    private(set) var kept: [(name: String, value: String)] = []
    /// The names of those that were written and have none, although the operator wrote something else than we do.
    private(set) var overridden: [String] = []

    /// Reads `name=value&name=value`, percent-encoded; names in capitals or not.
    ///
    /// - Throws: the first fault; it names the option and never repeats a value.
    init(_ query: Substring, known: [AddressOption], repeatable: Set<String> = []) throws(InvalidAddress) {
        var seen: [String: String] = [:]
        for part in query.split(separator: "&") {
            guard let equals = part.firstIndex(of: "=") else {
                throw InvalidAddress(
                    "name=value for each option, separated by &, with % & and = in values as %25 %26 %3D")
            }
            let option = try Self.option(String(part[..<equals]), known)
            guard let text = PercentText.decode(part[part.index(after: equals)...].utf8),
                let value = option.value.normal(text)
            else { throw Self.fault(option) }
            if let before = seen.updateValue(value, forKey: option.name), !repeatable.contains(option.name) {
                guard before == value else {
                    throw InvalidAddress("the option \(option.name) once, not with two values")
                }
                continue
            }
            note(option, value)
        }
    }

    /// The value of an option that has an effect.
    subscript(name: String) -> String? {
        kept.first { $0.name == name }?.value
    }

    private mutating func note(_ option: AddressOption, _ value: String) {
        switch option.effect {
        case .kept:
            if case .limit = option.value, value == "0" { return }
            if !value.isEmpty { kept.append((option.name, value)) }
        case .overridden(let ours): if value != ours { noteOverridden(option) }
        case .keptOnly(let wanted):
            if value == wanted { kept.append((option.name, value)) } else { noteOverridden(option) }
        }
    }

    private mutating func noteOverridden(_ option: AddressOption) {
        if !overridden.contains(option.name) { overridden.append(option.name) }
    }

    private static func option(_ name: String, _ known: [AddressOption]) throws(InvalidAddress) -> AddressOption {
        let wanted = name.lowercased()
        let found = known.first { ([$0.name] + $0.otherNames).contains { $0.lowercased() == wanted } }
        if let found { return found }
        // Anything else may be a part of a password that was not percent-encoded.
        guard name.utf8.count <= 40, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
            throw InvalidAddress("only options that are known, with % & and = in values as %25 %26 %3D")
        }
        let hint = name.nearest(in: known.map(\.name), within: name.count / 3).map { "; did you mean \($0)?" } ?? ""
        throw InvalidAddress("only options that are known, and \(name) is none\(hint)")
    }

    private static func fault(_ option: AddressOption) -> InvalidAddress {
        if case .refused(let instead) = option.value { return InvalidAddress("no option \(option.name): \(instead)") }
        return InvalidAddress("the option \(option.name) \(option.value.expected)")
    }
}
