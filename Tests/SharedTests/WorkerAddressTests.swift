// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct WorkerAddressTests {
    private let id = "6799b53b33fcc6482f29c96f"

    private func message(_ body: String, kind: Delivery.Kind = .status) throws(MalformedMessage) -> WorkerMessage {
        guard let pool = try? PoolName("p") else { throw MalformedMessage("not a pool name") }
        return try WorkerMessage(Delivery(from: .pool(pool), kind: kind, body: Array(body.utf8)))
    }

    @Test func `an address survives the store`() throws {
        let job = try JobName("p")
        for address in [WorkerAddress.job(job), .pool(try PoolName("p")), .pool(try PoolName("q"))] {
            #expect(WorkerAddress(stored: address.storedText, of: job) == address)
        }
        #expect(WorkerAddress(stored: "a b", of: job) == nil)
        #expect(Set([WorkerAddress.job(job), .pool(try PoolName("p"))]).count == 2)
    }

    @Test func `a pool's message says which job it is about, or leaves that to the run`() throws {
        #expect(
            try message(#"{"jobName":"a","runId":"\#(id)","status":"running"}"#).jobName == (try JobName("a")))
        #expect(try message(#"{"runId":"\#(id)","status":"running"}"#).jobName == nil)
        #expect(try message(#"{"jobName":"b","runId":"\#(id)"}"#, kind: .heartbeat).jobName == (try JobName("b")))
        #expect(throws: MalformedMessage.self) {
            try message(#"{"jobName":"a b","runId":"\#(id)","status":"running"}"#)
        }
        #expect(throws: MalformedMessage.self) { try message(#"{"jobName":7,"runId":"\#(id)","status":"running"}"#) }
    }
}
