// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension MalformedJSON {
    /// Line and column, both from 1, of the text that was read: `12:3`; a column is a character, as editors count.
    func place(in text: [UInt8]) -> String {
        let before = text.prefix(offset)
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return "\(line):\(String(decoding: before[start...], as: UTF8.self).count + 1)"
    }
}
