// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Runs a verb of the store; its errors become problems.
///
/// `field` is the one that holds JSON of the user's choice, which the server may refuse.
func stored<Value: Sendable>(
    field: String? = nil, _ verb: () async throws(StoreError) -> Value
) async throws(Problem) -> Value {
    do {
        return try await verb()
    } catch {
        throw Problem(error, field: field)
    }
}
