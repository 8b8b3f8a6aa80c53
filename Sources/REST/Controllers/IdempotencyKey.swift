// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
package import Shared

/// Turns a caller's idempotency key into what is stored of it: hashes, so that nothing of a caller's choice becomes a key
/// of the database and no length matters.
package enum IdempotencyKey {
    /// The claim of a key; a key belongs to one subject and one job.
    package static func claim(
        subject: String, job: JobName, key: String, payload: JSONValue?, runID: RunID
    ) -> IdempotencyClaim {
        var owner = JSONWriter()
        owner.write(.array([.string(subject), .string(job.text), .string(key)]))
        var body = JSONWriter()
        body.write(payload ?? .null)
        return IdempotencyClaim(
            key: Hexadecimal.text(SHA256.hash(data: owner.bytes)), jobName: job,
            body: Hexadecimal.text(SHA256.hash(data: body.bytes)),
            runID: runID)
    }
}
