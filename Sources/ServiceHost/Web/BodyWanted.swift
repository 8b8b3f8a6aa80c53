// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Sent outwards through a connection by whoever is about to read the body of a request: a client that holds it back
/// (`Expect: 100-continue`, RFC 9110, section 10.1.1) is told to send it.
package struct BodyWanted: Sendable {
    /// Nothing is in it.
    package init() {}
}
