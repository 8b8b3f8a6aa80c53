// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The rule of RFC 9636 that the bytes of a zone's file break.
struct MalformedZoneFile: Error, Equatable {
    /// The rule, to follow "the file".
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
