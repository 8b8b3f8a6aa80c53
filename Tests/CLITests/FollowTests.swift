// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct FollowTests {
    private static func run(_ id: Int, _ status: String, attempt: Int = 1) -> Item {
        Item(members: [
            "id": .string(String(id)), "jobName": .string("a"), "status": .string(status),
            "attempt": .int(Int64(attempt)),
        ])
    }

    private static func table(_ items: Item...) -> [String: Item] {
        Dictionary(items.map { ($0.text("id"), $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func text(_ items: [Item]) -> [String] { items.map { "\($0.text("id")) \($0.text("status"))" } }

    @Test func `each change is told once, the oldest run first`() {
        var watch = RunWatch(job: nil, statuses: [])
        #expect(Self.text(watch.take(Self.table(Self.run(1, "completed"), Self.run(2, "running")))) == ["2 running"])
        #expect(watch.take(watch.known).isEmpty)
        let next = Self.table(Self.run(1, "completed"), Self.run(2, "completed"), Self.run(3, "pending"))
        #expect(Self.text(watch.take(next)) == ["2 completed", "3 pending"])
        #expect(
            Self.text(watch.take(Self.table(Self.run(3, "pending", attempt: 2), Self.run(4, "failed")))) == [
                "3 pending", "4 failed",
            ])
    }

    @Test func `only the statuses that were asked for are told`() {
        var watch = RunWatch(job: nil, statuses: [.failed])
        _ = watch.take(Self.table(Self.run(1, "running")))
        #expect(Self.text(watch.take(Self.table(Self.run(1, "failed"), Self.run(2, "running")))) == ["1 failed"])
        #expect(Self.text(watch.shown(10)) == ["1 failed"])
    }

    @Test func `a run that has left the first page is asked for until it has ended`() async throws {
        let api = ScriptedAPI { request, count throws(CLIFailure) in
            switch (request.path, count) {
            case (["runs", "1"], _): .json(#"{"id":"1","status":"completed","attempt":1}"#)
            case (_, 0): .json(#"[{"id":"1","status":"running","attempt":1}]"#)
            default: .json(#"[{"id":"9","status":"running","attempt":1}]"#)
            }
        }
        var watch = RunWatch(job: "a", statuses: [])
        #expect(Self.text(try await watch.look(api.client)) == ["1 running"])
        #expect(Self.text(try await watch.look(api.client)) == ["1 completed", "9 running"])
        #expect(watch.known.count == 2)
        _ = try await watch.look(api.client)
        #expect(watch.known.keys.sorted() == ["9"])
    }

    @Test func `a run is followed to its end, also while the API is away`() async throws {
        let api = ScriptedAPI { _, count throws(CLIFailure) in
            switch count {
            case 0: return .json(#"{"id":"1","status":"pending"}"#)
            case 1: throw CLIFailure(.unreachable, "away")
            case 2: return .json(#"{"id":"1","status":"running","progress":0.456,"attempt":2}"#)
            default: return .json(#"{"id":"1","status":"failed","error":"no"}"#)
            }
        }
        var shown: [String] = []
        let last = try await RunFollower(api: api.client, id: "1").follow {
            shown.append(RunFollower.line($0, since: .seconds(3)))
        }
        #expect(last.status == .failed)
        #expect(shown == ["pending (3 s)", "running attempt 2 [#########           ] 45 % (3 s)", "failed (3 s)"])
    }

    @Test func `a run that is not there is not waited for`() async {
        let api = ScriptedAPI(.problem(404, "there is no run with this id"))
        let failure = await #expect(throws: CLIFailure.self) {
            try await RunFollower(api: api.client, id: "1").follow { _ in }
        }
        #expect(failure?.message == "run 1: there is no run with this id")
    }
}
