// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A store with an empty database, and a way around it for documents that it would never write.
package struct StoreUnderTest: Sendable {
    /// The store itself.
    package let store: any SchedulerStore & Housekeeping
    /// The same store, whose commits are made in steps.
    package let steps: any SteppedSlotLedger
    /// Puts a document into `jobs`, `runs` or `managers`, in the place of one with the same `_id`.
    package let put: @Sendable (_ collection: String, _ document: RawDocument) async throws -> Void
    /// Reads a document by its `_id`, as it is stored.
    package let document: @Sendable (_ collection: String, _ id: RawValue) async throws -> RawDocument?

    package init(
        store: any SchedulerStore & SteppedSlotLedger & Housekeeping,
        put: @escaping @Sendable (String, RawDocument) async throws -> Void,
        document: @escaping @Sendable (String, RawValue) async throws -> RawDocument?
    ) {
        self.store = store
        steps = store
        self.put = put
        self.document = document
    }
}
