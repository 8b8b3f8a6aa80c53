// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What one batch of decisions writes.
package struct SlotBatch: Hashable, Sendable {
    /// One run per slot that is fired, made under the lock epoch of its job's step.
    package var runs: [Run]
    /// One step per job.
    package var steps: [JobAdvance]

    /// An empty batch, by default.
    package init(runs: [Run] = [], steps: [JobAdvance] = []) {
        self.runs = runs
        self.steps = steps
    }
}
