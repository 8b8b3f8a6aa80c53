// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
package import Shared

/// The strong tag of a job: it covers what users edit, not the lock, the heartbeat or the advance of `nextRunAt`.
package struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// With its quotes.
    package let description: String

    /// The tag of a job as it was read.
    package init(_ record: JobRecord) {
        var json = JSONWriter()
        json.beginObject()
        for (field, value) in record.job?.jsonFields ?? [] where field != .nextRunAt {
            json.member(field.rawValue, value)
        }
        json.member("edition", .int(record.edition))
        json.endObject()
        description = "\"\(Hexadecimal.text(SHA256.hash(data: json.bytes).prefix(12)))\""
    }
}
