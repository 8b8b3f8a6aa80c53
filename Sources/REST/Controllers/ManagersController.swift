// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Hummingbird
package import Shared

/// Shows the live Schedulers.
package struct ManagersController: Sendable {
    private let store: any AdminStore
    private let heartbeatTimeout: Duration

    /// Who was silent for longer than the time-out is not shown.
    package init(store: any AdminStore, heartbeatTimeout: Duration) {
        self.store = store
        self.heartbeatTimeout = heartbeatTimeout
    }

    /// `GET /api/managers`.
    package func list(_ call: APICall) async throws(Problem) -> Response {
        var query = QueryReader(call.query, known: ["limit", "after"])
        let limit = query.limit()
        let after = query.identifier("after")
        try query.check()
        let managers = try await stored { () async throws(StoreError) in
            try await store.managers(timeout: heartbeatTimeout)
        }
        let left = managers.drop { manager in after.map { manager.id.value <= $0 } ?? false }
        let page = left.prefix(limit)
        var json = JSONWriter()
        json.beginArray()
        for manager in page { json.write(manager) }
        json.endArray()
        return Paging.answer(json, call, query, next: left.count > limit ? page.last?.id.value.hex : nil)
    }
}
