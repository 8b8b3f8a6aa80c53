// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job document as it was read: usable, or not.
package enum StoredJob: Sendable {
    /// A definition, with the lock as it stood.
    case valid(OwnedJob)
    /// A document that cannot be understood; left alone and reported.
    case malformed(MalformedJob)
}
