// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminManagerChecks = [
    AdminStoreCheck("the live Schedulers are told, with how many jobs each holds") { sut in
        let now = try await sut.store.probe()
        let (live, idle, old, ended, go) = (
            StoreFixture.manager(1), StoreFixture.manager(2), StoreFixture.manager(3), StoreFixture.manager(4),
            StoreFixture.manager(5)
        )
        func manager(_ id: ManagerID, _ more: RawDocument) -> RawDocument {
            let base: RawDocument = ["_id": .objectID(id.value), "hostname": .string("host")]
            return base.merging(more) { $1 }
        }
        try await sut.put("managers", manager(live, ["heartbeat": .date(now)]))
        try await sut.put("managers", manager(idle, ["heartbeat": .date(now - .seconds(20))]))
        try await sut.put("managers", manager(old, ["heartbeat": .date(now - .seconds(500))]))
        try await sut.put("managers", manager(ended, ["heartbeat": .date(now), "expired": .bool(true)]))
        // The Go program's: its sign of life is in its jobs.
        try await sut.put("managers", manager(go, [:]))
        let held: [(String, ManagerID, Timestamp?)] = [
            ("a", live, nil), ("b", live, nil), ("c", old, now - .seconds(500)), ("d", ended, nil), ("e", go, now),
            ("f", StoreFixture.manager(9), now),
        ]
        for (name, id, heartbeat) in held {
            var job = StoreFixture.job(name, ["managerId": .objectID(id.value)])
            job["heartbeat"] = heartbeat.map { .date($0) }
            try await sut.put("jobs", job)
        }
        try await sut.put("jobs", StoreFixture.job("free"))
        try await sut.put("jobs", StoreFixture.job("zero", ["managerId": .objectID(.zero)]))
        let found = try await sut.store.managers(timeout: .seconds(300))
        #expect(
            found == [
                ManagerRecord(id: live, hostname: "host", heartbeat: now, jobs: 2),
                ManagerRecord(id: idle, hostname: "host", heartbeat: now - .seconds(20), jobs: 0),
                ManagerRecord(id: go, hostname: "host", heartbeat: now, jobs: 1),
            ])
    }
]
