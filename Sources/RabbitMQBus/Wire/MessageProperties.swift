// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The properties of a message that we read or write; the others are left out.
struct MessageProperties: Equatable {
    var contentType: String?
    var contentEncoding: String?
    var messageID: String?
    /// Survives a restart of the broker.
    var isPersistent = true
    /// Seconds since 1970.
    var timestamp: UInt64?
    var type: String?
    /// Text headers, in the order on the wire; headers of other kinds are left out.
    var headers: [(name: String, value: String)] = []

    static func == (left: Self, right: Self) -> Bool {
        left.contentType == right.contentType && left.contentEncoding == right.contentEncoding
            && left.messageID == right.messageID
            && left.isPersistent == right.isPersistent && left.timestamp == right.timestamp && left.type == right.type
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}
