// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A document as it came.
package struct FetchedDocument: Sendable {
    /// The body.
    package let body: [UInt8]
    /// How long the sender considers it fresh (`max-age` in `Cache-Control`), when it says so.
    package let maxAge: Duration?

    package init(body: [UInt8], maxAge: Duration? = nil) {
        self.body = body
        self.maxAge = maxAge
    }
}
