// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Why something does not define a job.
struct InvalidDefinition: Error, Equatable {
    /// What is wrong, by field.
    let faults: [FieldFault]
}
