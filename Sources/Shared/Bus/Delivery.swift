// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A message from a worker, as it came: nothing in it is trusted yet.
package struct Delivery: Hashable, Sendable {
    /// What it is, by the way that it came.
    package enum Kind: String, Hashable, Sendable {
        case status
        case heartbeat
    }

    /// Where it came from, as the bus that made it puts it; of use to that bus only, for a dead letter.
    package struct Origin: Hashable, Sendable {
        /// The way that it came.
        package let source: String
        /// Counts the sessions of its bus with the broker, from 1.
        package let session: UInt64
        /// Tells it from the other deliveries of its session.
        package let number: UInt64

        package init(source: String = "", session: UInt64 = 0, number: UInt64 = 0) {
            self.source = source
            self.session = session
            self.number = number
        }
    }

    /// Whose worker sent it, by the way that it came.
    package let workers: WorkerAddress
    /// What it is.
    package let kind: Kind
    /// The body, unparsed.
    package let body: [UInt8]
    /// The content type it was sent with, if any; kept in a dead letter.
    package let contentType: String?
    /// The content encoding it was sent with, if any; likewise.
    package let contentEncoding: String?
    /// Where it came from.
    package let origin: Origin

    package init(
        from workers: WorkerAddress, kind: Kind, body: [UInt8], contentType: String? = nil,
        contentEncoding: String? = nil,
        origin: Origin = Origin()
    ) {
        self.workers = workers
        self.kind = kind
        self.body = body
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.origin = origin
    }
}
