// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import REST
import Shared
import TestSupport

/// Edits of what says when a job's slots are, at any moment: between a slot and its firing, too.
extension SimAPI {
    func edit() {
        let jobs = store.snapshot().jobs.map(\.job)
        guard let job = world.random({ jobs.randomElement(using: &$0) }) else { return }
        let patch = patch(for: job)
        if world.chance(0.7) {
            request(patch, of: job.name, attempt: 0)
        } else {
            editByHand(patch, of: job.name)
        }
    }

    private func patch(for job: Job) -> [String: JSONValue] {
        func pick(_ values: [JSONValue]) -> JSONValue {
            world.random { values.randomElement(using: &$0) } ?? .null
        }
        /// Never back over slots that were decided.
        func ahead(_ spread: ClosedRange<Duration>) -> JSONValue {
            .string((max(world.serverTime, job.nextRunAt ?? .earliest) + world.random(spread)).rfc3339)
        }
        let around = Duration.seconds(-3)...(.seconds(3))
        let row: [String: JSONValue] =
            switch world.random({ Int.random(in: 0..<13, using: &$0) }) {
            case 0, 1:
                ["interval": pick([.int(100), .int(333), .int(1_000), .int(4_000)]), "cron": .null, "every": .null]
            case 2:
                [
                    "cron": pick([.string("* * * * * *"), .string("*/2 * * * * *")]), "interval": .int(0),
                    "every": .null,
                ]
            case 10: ["every": .object(["days": .int(1)]), "interval": .int(0), "cron": .null]
            case 3 where job.schedule.isCron: ["timeZone": pick([.null, .string("Asia/Kolkata")])]
            case 4: ["nextRunAt": ahead(.milliseconds(1)...(.seconds(3)))]
            case 5: ["startAt": pick([.null, .string((world.serverTime + world.random(around)).rfc3339)])]
            case 6: ["endAt": pick([.null, .string((world.serverTime + world.random(around)).rfc3339)])]
            case 7: ["enabled": .bool(!job.isEnabled)]
            case 8, 11, 12:
                [
                    "delivery": pick(
                        [.null, JobDelivery.http(Simulation.delivery(timeout: 500)).json]
                            + Simulation.pools.map { JobDelivery.pool($0).json })
                ]
            default: ["jitter": pick([.int(0), .int(20), .int(1_000)])]
            }
        return row
    }

    /// As `PATCH` does it: reads, puts the edit together, and stores it some time later, when anything may have happened.
    private func request(_ patch: [String: JSONValue], of name: JobName, attempt: Int) {
        guard attempt < 10, let stored = store.snapshot().jobs.first(where: { $0.id == name.text }) else {
            return
        }
        let record = store.record(of: stored)
        // Before its first lock a job has fired nothing: what there is is another's of its name.
        let runs = store.snapshot().runs.filter {
            $0.jobName == name && $0.trigger == .schedule && !$0.isRetired && stored.lockEpoch > 0
        }
        let edit: JobEdit
        do {
            edit = try JobBody.edit(
                of: record, by: patch, now: world.serverTime, foresight: attempt < 5 ? .zero : .seconds(1),
                begun: Set(runs.compactMap(\.scheduledTime)))
        } catch { return }
        guard !edit.changed.isEmpty else { return }
        world.after(world.random(.milliseconds(1)...(.milliseconds(20)))) { [self] in
            guard checker.edit(name, { store.apply(edit) }) else {
                return request(patch, of: name, attempt: attempt + 1)
            }
            world.note("api: \(name) is edited: \(patch), skips \(edit.skips)")
            hint(name)
        }
    }

    /// As somebody with a shell of the database does it, who knows no editions.
    private func editByHand(_ patch: [String: JSONValue], of name: JobName) {
        guard var stored = store.snapshot().jobs.first(where: { $0.id == name.text }) else { return }
        var fields = JobReader(from: .json)
        // A slot that is set is the anchor, and without steps there is none.
        let isAnchored = patch["nextRunAt"] == nil && patch["every"] != .null
        for (field, value) in stored.job.jsonFields
        where patch[field.rawValue] == nil && (field != .anchor || isAnchored) {
            fields.read(field, .json(value))
        }
        for (field, value) in patch { fields.read(field, .json(value)) }
        guard let edited = fields.finish(name), edited.nextRunAt != nil || edited.endAt != nil else { return }
        stored.job = edited
        world.note("by hand: \(name) is edited: \(patch)")
        checker.noteEditByHand(of: name)
        store.put(stored)
        hint(name)
    }
}

extension Schedule {
    fileprivate var isCron: Bool {
        if case .cron = self { true } else { false }
    }
}
