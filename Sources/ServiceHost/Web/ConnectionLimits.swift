// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import NIOCore

/// What one connection may take, and how many there may be.
package struct ConnectionLimits: Sendable {
    /// For the first request's head to be there.
    package var head = TimeAmount.seconds(10)
    /// For a request's body to be there, from its head on.
    package var body = TimeAmount.seconds(30)
    /// From an answer to the next request's head.
    package var idle = TimeAmount.seconds(60)
    /// For the client to take what was written.
    package var write = TimeAmount.seconds(30)
    /// How often somebody looks.
    package var interval = TimeAmount.seconds(1)
    /// The most bytes of a request's head.
    package var headSize = 32 << 10
    /// The most bytes of the request line, and of each field.
    package var fieldSize = 20 << 10
    /// The most fields of a head.
    package var fieldCount = 64
    /// The most bytes of a body that are read, and thrown away, after it was refused.
    package var largestBody = 16 << 20
    /// The most connections at a time; more wait in the system's queue.
    package var connections = 800
    /// The most requests that the API works on at a time.
    package var requests = 256

    /// The limits of the API that are documented.
    package init() {}
}
