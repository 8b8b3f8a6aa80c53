// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminManagerChecks = [
    AdminStoreCheck("the live Schedulers are told, with how many jobs each holds") { sut in
        let now = try await sut.store.probe()
        let (live, idle, old, ended) = (
            StoreFixture.manager(1), StoreFixture.manager(2), StoreFixture.manager(3), StoreFixture.manager(4)
        )
        try await sut.door.put(KeptLease(id: live, heartbeat: now))
        try await sut.door.put(KeptLease(id: idle, heartbeat: now - .seconds(20)))
        try await sut.door.put(KeptLease(id: old, heartbeat: now - .seconds(500)))
        try await sut.door.put(KeptLease(id: ended, heartbeat: now, isExpired: true))
        let held: [(String, ManagerID?)] = [
            ("a", live), ("b", live), ("c", old), ("d", ended), ("f", StoreFixture.manager(9)), ("free", nil),
        ]
        for (name, owner) in held { try await sut.door.put(try StoreFixture.job(name) { $0.managerID = owner }) }
        let found = try await sut.store.managers(timeout: .seconds(300))
        #expect(
            found == [
                ManagerRecord(id: live, hostname: "host", heartbeat: now, jobs: 2),
                ManagerRecord(id: idle, hostname: "host", heartbeat: now - .seconds(20), jobs: 0),
            ])
    }
]
