// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A message from a worker, as it came: nothing in it is trusted yet.
package struct Delivery: Hashable, Sendable {
    /// Which of the job's two inbound queues it came from.
    package enum Kind: String, Hashable, Sendable {
        case status
        case heartbeat
    }

    /// Names a delivery within the life of one connection; of use to the bus that made it only.
    package struct Receipt: Hashable, Sendable {
        /// Counts the connections of the bus; a receipt of an earlier one is void (the broker delivers again).
        package let session: UInt64
        /// The broker's delivery tag.
        package let tag: UInt64

        package init(session: UInt64, tag: UInt64) {
            self.session = session
            self.tag = tag
        }
    }

    /// The job whose queue it came from.
    package let jobName: JobName
    /// Which queue.
    package let kind: Kind
    /// The body, unparsed.
    package let body: [UInt8]
    /// The content type it was sent with, if any; kept when it goes to the dead-letter queue.
    package let contentType: String?
    /// The content encoding it was sent with, if any; likewise.
    package let contentEncoding: String?
    /// The exchange it was published to.
    package let exchange: String
    /// What to acknowledge it with.
    package let receipt: Receipt

    package init(
        jobName: JobName, kind: Kind, body: [UInt8], contentType: String? = nil, contentEncoding: String? = nil,
        exchange: String = "", receipt: Receipt
    ) {
        self.jobName = jobName
        self.kind = kind
        self.body = body
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.exchange = exchange
        self.receipt = receipt
    }
}
