// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Logging
import Shared

@testable import MongoStore

extension FuzzTarget {
    /// A document as the database sends it, as each of the kinds that we read.
    static func runDocuments(_ bytes: [UInt8]) {
        guard let document = bson_new_from_data(bytes, bytes.count) else { return }
        defer { bson_destroy(document) }
        let unreadable = UnreadableRuns(logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        if case .valid(let owned) = JobDocument.owned(BSONReader(document)) { walk(owned.job) }
        _ = DecodedJobs().job(BSONReader(document), in: 1)
        _ = JobDocument.record(BSONReader(document), withFields: true)
        if let run = RunDocument.decode(BSONReader(document), unreadable: unreadable) {
            precondition(run.attempt >= 1, "an attempt before the first")
        }
        if let run = RunDocument.decode(BSONReader(document), unreadable: unreadable) {
            precondition(run.revision < .max && run.lockEpoch < .max, "a counter that cannot be counted on")
            precondition(
                run.notes.count <= Run.keptNotes && run.attempts.count <= RunAttempt.kept, "too long a history")
            var json = JSONWriter()
            json.write(RunRecord(run))
            // Our reader takes less than JSON allows (no NUL, 32 levels), so it is not asked for more than an end.
            _ = try? JSONReader.read(json.bytes)
        }
        _ = DeletionDocument.decode(BSONReader(document))
        _ = JobPosition.decode(BSONReader(document))
        _ = BulkReport(BSONReader(document).fields())
    }
}
