// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Timestamp {
    /// What is wrong with a text that is no instant by RFC 3339, and what to write instead; repeats nothing of it.
    package static func problem(rfc3339 text: String) -> String {
        if Timestamp(rfc3339: text + "Z") != nil {
            return "has no zone: end it with Z for UTC, or with an offset such as +01:00"
        }
        if Timestamp(rfc3339: text + "T00:00:00Z") != nil {
            return "is a day without a time: write it as 2027-01-15T08:00:00Z"
        }
        return "is no time such as 2027-01-15T08:00:00Z (RFC 3339, before the year 10000)"
    }
}
