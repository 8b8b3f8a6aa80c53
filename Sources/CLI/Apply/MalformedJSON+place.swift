// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension MalformedJSON {
    /// Line and column, both from 1, of the text that was read: `12:3`; a column is a character, as editors count.
    func place(in text: [UInt8]) -> String {
        let starts = UTF8Text.lineStarts(in: text.prefix(offset))
        let start = starts.last ?? (text.starts(with: UTF8Text.mark) ? UTF8Text.mark.count : 0)
        let column = offset < start ? 1 : String(decoding: text[start..<offset], as: UTF8.self).count + 1
        return "\(starts.count + 1):\(column)"
    }
}
