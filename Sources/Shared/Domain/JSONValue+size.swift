// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JSONValue {
    /// Whether its compact JSON text has at most so many bytes; stops counting when it has more.
    package func fits(_ limit: Int) -> Bool {
        var room = limit
        take(from: &room)
        return room >= 0
    }

    /// Whether there is a NUL character in one of its texts or names, where BSON allows it in texts only.
    package var hasNUL: Bool {
        switch self {
        case .null, .bool, .int, .double: false
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains(where: \.hasNUL)
        case .object(let fields): fields.contains { $0.key.utf8.contains(0) || $0.value.hasNUL }
        }
    }

    private func take(from room: inout Int) {
        guard room >= 0 else { return }
        switch self {
        case .null: room -= 4
        case .bool(let value): room -= value ? 4 : 5
        case .int(let value): room -= value.description.utf8.count
        case .double(let value): room -= value.description.utf8.count
        case .string(let value): Self.take(value, from: &room)
        case .array(let values):
            room -= 2 + max(0, values.count - 1)
            for value in values { value.take(from: &room) }
        case .object(let fields):
            room -= 2 + max(0, fields.count - 1) + fields.count
            for (name, value) in fields {
                Self.take(name, from: &room)
                value.take(from: &room)
            }
        }
    }

    private static func take(_ text: String, from room: inout Int) {
        room -= 2
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 8, 9, 10, 12, 13: room -= 2
            case 0..<0x20: room -= 6
            default: room -= 1
            }
        }
    }
}
