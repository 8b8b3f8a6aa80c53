// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The published and not yet confirmed messages of one channel in confirm mode.
///
/// The broker counts them from 1 and confirms them one by one or many at once, in any order. A mandatory message that
/// no queue takes is returned first and confirmed afterwards.
package struct ConfirmLedger<Token> {
    /// What the broker said about a message.
    package enum Verdict: Equatable {
        case taken
        case unroutable
        case rejected
    }

    private struct Entry {
        let messageID: String
        let token: Token
        var isReturned = false
    }

    private var entries: [UInt64: Entry] = [:]
    private var lowest: UInt64 = 1
    private var next: UInt64 = 1
    /// Returns come in the order of publishing: the search for the next one starts here.
    private var returnCursor: UInt64 = 1

    /// A new channel: the next message is the first.
    package init() {}

    /// How many are open.
    package var count: Int { entries.count }

    /// Notes a message that is about to be written; the order of calls is the order on the wire.
    package mutating func add(messageID: String, _ token: Token) {
        entries[next] = Entry(messageID: messageID, token: token)
        next += 1
    }

    /// Notes a return; a message that is not open is ignored.
    mutating func noteReturn(messageID: String) {
        returnCursor = max(returnCursor, lowest)
        for range in [returnCursor..<next, lowest..<returnCursor] {
            for sequence in range {
                guard let entry = entries[sequence], entry.messageID == messageID, !entry.isReturned else { continue }
                entries[sequence]?.isReturned = true
                returnCursor = sequence + 1
                return
            }
        }
    }

    /// Notes a confirm, and gives what it settles in the order of publishing.
    package mutating func settle(through tag: UInt64, multiple: Bool, isTaken: Bool) -> [(
        token: Token, verdict: Verdict
    )] {
        guard tag < next else { return [] }
        var settled: [(token: Token, verdict: Verdict)] = []
        for sequence in multiple && tag >= lowest ? lowest...tag : tag...tag {
            guard let entry = entries.removeValue(forKey: sequence) else { continue }
            settled.append((entry.token, isTaken ? (entry.isReturned ? .unroutable : .taken) : .rejected))
        }
        while lowest < next, entries[lowest] == nil { lowest += 1 }
        return settled
    }

    /// Ends the channel: gives everything that is open, in the order of publishing, and counts from 1 again.
    mutating func drain() -> [Token] {
        let open = entries.sorted { $0.key < $1.key }.map(\.value.token)
        self = ConfirmLedger()
        return open
    }
}
