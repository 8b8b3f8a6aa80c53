// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads what the worker needs of an action, and no more: it shares two cores with everything that is measured.
enum ActionText {
    private static let key = Array(#""scheduledTime":""#.utf8)

    /// The slot in ms since 1970, from the only place where the body holds that key.
    static func scheduledTime(in body: [UInt8]) -> Int64? {
        body.withUnsafeBufferPointer { bytes in
            guard let start = position(of: key, in: bytes), start + 24 <= bytes.count else { return nil }
            func number(_ offset: Int, _ length: Int) -> Int64 {
                (0..<length).reduce(0) { $0 * 10 + Int64(bytes[start + offset + $1] &- 48) }
            }
            let days = daysSinceEpoch(number(0, 4), number(5, 2), number(8, 2))
            let seconds = days * 86_400 + number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2)
            return seconds * 1000 + (bytes[start + 19] == UInt8(ascii: ".") ? number(20, 3) : 0)
        }
    }

    /// Run and attempt of a `message_id` (`<runId>:run:<attempt>`); `nil` for a cancel and for anything else.
    static func run(in messageID: String?) -> (id: Identifier, isFirstAttempt: Bool)? {
        guard let messageID, messageID.utf8.count > 24, let id = Identifier(hex: messageID.prefix(24)) else {
            return nil
        }
        let rest = messageID.dropFirst(24)
        return rest.hasPrefix(":run:") ? (id, rest == ":run:1") : nil
    }

    private static func position(of key: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes.count >= key.count else { return nil }
        return (0...(bytes.count - key.count)).first { start in
            bytes[start] == key[0] && key.indices.allSatisfy { bytes[start + $0] == key[$0] }
        }.map { $0 + key.count }
    }

    /// Days of the Gregorian calendar from 1970-01-01, counted from the first of March so that leap days come last.
    private static func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
