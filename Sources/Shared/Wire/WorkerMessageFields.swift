// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The members of a worker's message, each checked for its type by name; a null counts as absent.
struct WorkerMessageFields {
    private let members: [String: JSONValue]

    /// Reads a body.
    ///
    /// A NUL in a text is replaced: what a program printed before it failed is not to cost the news that it failed.
    init(_ body: [UInt8]) throws(MalformedMessage) {
        let value: JSONValue
        do throws(MalformedJSON) {
            value = try JSONReader.read(body, nul: .replaced)
        } catch {
            throw MalformedMessage("not a JSON object: \(error)")
        }
        guard case .object(let members) = value else { throw MalformedMessage("not a JSON object") }
        self.members = members
    }

    subscript(name: String) -> JSONValue? {
        members[name].flatMap { $0 == .null ? nil : $0 }
    }

    func text(_ name: String) throws(MalformedMessage) -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value else { throw MalformedMessage("\(name) is not a string") }
        return text
    }

    func number(_ name: String) throws(MalformedMessage) -> Double? {
        switch self[name] {
        case nil: nil
        case .int(let number)?: Double(number)
        case .double(let number)?: number
        default: throw MalformedMessage("\(name) is not a number")
        }
    }

    func wholeNumber(_ name: String) throws(MalformedMessage) -> Int? {
        if case .int(let number)? = self[name] { return Int(number) }
        guard let number = try number(name) else { return nil }
        guard let whole = Int(exactly: number) else { throw MalformedMessage("\(name) is not a whole number") }
        return whole
    }
}
