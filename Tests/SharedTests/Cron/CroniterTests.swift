// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

@testable import Shared

/// The slots that croniter finds, from the file that scripts/lib/make-cron-fixture.py wrote.
@Suite struct CroniterTests {
    private struct Fixture: Decodable {
        let rows: [Row]
    }

    /// Expression, zone, start, and the slots after it, in seconds since 1970.
    private struct Row: Decodable {
        let expression: String
        let zone: String
        let instants: [Int]

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            expression = try values.decode(String.self)
            zone = try values.decode(String.self)
            var instants: [Int] = []
            while !values.isAtEnd { instants.append(try values.decode(Int.self)) }
            self.instants = instants
        }
    }

    @Test func `the same slots as croniter's`() async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/croniter.json"))
        let rows = try JSONDecoder().decode(Fixture.self, from: data).rows
        #expect(rows.count >= 2_000)
        for row in rows {
            await Task.yield()
            let schedule = try CronSamples.schedule(row.expression, row.zone)
            let start = try #require(row.instants.first)
            let found = CronSamples.some(of: schedule, after: CronSamples.at(start), count: row.instants.count - 1)
            #expect(
                found.map { Int($0.millisecondsSinceEpoch / 1000) } == Array(row.instants.dropFirst()),
                "\(row.expression) in \(row.zone) after \(CronSamples.at(start))")
        }
    }
}
