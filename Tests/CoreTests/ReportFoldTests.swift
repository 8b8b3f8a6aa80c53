// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct ReportFoldTests {
    private let now = Sample.start + .seconds(3)

    private func delivery(_ tag: UInt64, job: String = "job") -> Delivery {
        Delivery(from: .job(Sample.name(job)), kind: .status, body: [], origin: Delivery.Origin(number: tag))
    }

    @Test func `many messages of one run become one update`() {
        let run = Sample.run()
        var fold = ReportFold([run], settings: EngineSettings(), now: now)
        let contents: [WorkerMessage.Content] = [
            .status(.running), .heartbeat, .heartbeat, .status(.completed), .status(.running), .heartbeat,
        ]
        let verdicts = contents.enumerated().map { index, content in
            fold.add(
                WorkerMessage(runID: run.id, content: content), delivery(UInt64(index)), job: Sample.job())
        }
        #expect(verdicts == [.applied, .applied, .applied, .applied, .notAllowed, .notAllowed])
        #expect(fold.updates.count == 1)
        #expect(fold.updates.first?.before == run)
        #expect(fold.updates.first?.after.status == .completed)
        #expect(fold.updates.first?.after.startTime == now)
    }

    @Test func `a run of another job is a dead letter, an unknown run is not`() {
        let run = Sample.run()
        var fold = ReportFold([run], settings: EngineSettings(), now: now)
        let message = WorkerMessage(runID: run.id, content: .status(.completed))
        #expect(fold.add(message, delivery(1, job: "other"), job: nil) == nil)
        #expect(fold.letters.map(\.reason) == ["runId is a run of another job"])
        let unknown = WorkerMessage(runID: Sample.run(9).id, content: .status(.completed))
        #expect(fold.add(unknown, delivery(2), job: nil) == .unknownRun)
        #expect(fold.updates.isEmpty)
    }

    @Test func `a note alone is written, too`() {
        let run = Sample.run {
            $0.attempt = 2
            $0.status = .running
        }
        var fold = ReportFold([run], settings: EngineSettings(), now: now)
        var message = WorkerMessage(runID: run.id, content: .status(.completed), attempt: 1)
        message.notes = [MessageNote("attempt", .sense)]
        #expect(fold.add(message, delivery(1), job: nil) == .wrongAttempt)
        #expect(fold.updates.count == 1 && fold.sources(of: run.id) == [0])
        #expect(fold.updates.first?.after.status == .running && fold.updates.first?.after.notes.count == 1)
    }
}
