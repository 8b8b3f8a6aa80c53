// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Messages that wait to be written, first in, first out.
struct TicketQueue {
    private var tickets: [PublishBatch.Ticket] = []
    private var head = 0

    var isEmpty: Bool { head == tickets.count }
    var first: PublishBatch.Ticket? { isEmpty ? nil : tickets[head] }

    mutating func append(_ more: some Sequence<PublishBatch.Ticket>) {
        tickets.append(contentsOf: more)
    }

    /// Puts tickets that had been taken out before everything else.
    mutating func prepend(_ more: [PublishBatch.Ticket]) {
        tickets.replaceSubrange(0..<head, with: more)
        head = 0
    }

    mutating func removeFirst() {
        head += 1
        if head == tickets.count || head > 1024 && head > tickets.count / 2 {
            tickets.removeFirst(head)
            head = 0
        }
    }
}
