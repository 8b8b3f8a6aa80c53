// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What became of a request to make a job, as far as one round for many callers goes.
enum JobCreation: Sendable {
    case made
    /// The name is another job's.
    case taken
    case refused(StoreError)
}

extension MongoAdminStore {
    package func create(_ job: Job) async throws(StoreError) -> Bool {
        switch try await creations.run(job) {
        case .made: true
        case .taken: false
        case .refused(let error): throw error
        }
    }

    /// Stores the new jobs of several callers, each with a mark: the first lock looks at what earlier jobs of their names
    /// have left (``JobAdmission``), for many at once, so that nobody here waits for it.
    static func create(_ client: MongoClient, _ jobs: [Job]) throws(StoreError) -> [JobCreation] {
        var outcomes = [JobCreation](repeating: .made, count: jobs.count)
        // The places of the jobs that are in the bulk, in its order.
        var places: [Int] = []
        let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
            for (place, job) in jobs.enumerated() {
                do throws(StoreError) {
                    try bulk.insert(.encoded(JobDefinition.document(of: job, creation: Identifier.new())))
                    places.append(place)
                } catch {
                    outcomes[place] = .refused(error)
                }
            }
        }
        for (index, failure) in report.failures where places.indices.contains(index) {
            outcomes[places[index]] =
                failure.code == WriteFailure.duplicateKeyCode
                ? .taken : .refused(StoreError(.rejected, failure.reason))
        }
        return outcomes
    }
}
