// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
package import Shared

/// The conditions under which a request about a job is to be done (RFC 9110, section 13).
package struct JobPreconditions: Sendable {
    private let match: TagList?
    private let noneMatch: TagList?

    /// Reads them; 400 when one cannot be read.
    package init(_ call: APICall) throws(Problem) {
        match = try TagList(call.request.headers[values: .ifMatch], of: .ifMatch)
        noneMatch = try TagList(call.request.headers[values: .ifNoneMatch], of: .ifNoneMatch)
    }

    /// Whether it matters which edition of the job there is: one that was edited meanwhile is a lost update.
    package var areAboutEdition: Bool { !(match == nil || match == .any) || noneMatch != nil }

    /// Checks the conditions of a change, in the order of section 13.2.2.
    ///
    /// - Throws: 412 when one does not hold.
    package func check(_ record: JobRecord) throws(Problem) {
        try checkMatch(record)
        if isKnown(record) { throw .unchanged }
    }

    /// Checks `If-Match` alone, by the strong comparison.
    package func checkMatch(_ record: JobRecord) throws(Problem) {
        guard let match else { return }
        let tag = EntityTag(record)
        guard match.namesStrongly(tag) else { throw match.hasWeakTags ? .weakTag : .changed }
    }

    /// Whether `If-None-Match` names the job as it is, by the weak comparison: a reader has it already (304).
    package func isKnown(_ record: JobRecord) -> Bool {
        noneMatch?.namesWeakly(EntityTag(record)) ?? false
    }
}
