// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A Custodian that serves its health address.
struct RunningCustodian {
    /// An answer over HTTP.
    struct Answer {
        let status: Int
        let contentType: String?
        let body: String
    }

    let process: Process
    /// Where it serves, as its log says.
    let address: String
    private let errors: FileHandle
    private let earlyLog: String

    /// Waits until the log names the address.
    init(process: Process, errors: FileHandle) throws {
        self.process = process
        self.errors = errors
        var log = ""
        var address: Substring?
        while address == nil {
            let data = errors.availableData
            try #require(!data.isEmpty, "ended early: \(log)")
            log += String(decoding: data, as: UTF8.self)
            address = log.firstMatch(of: #/serving health and metrics address=(\S+)\n/#)?.output.1
        }
        self.address = String(try #require(address))
        earlyLog = log
    }

    /// Waits for the end; returns the whole log.
    func finish() -> String {
        let rest = errors.readDataToEndOfFile()
        process.waitUntilExit()
        return earlyLog + String(decoding: rest, as: UTF8.self)
    }

    /// Asks it to stop and waits for the end.
    func stop() {
        process.terminate()
        _ = finish()
    }

    func get(_ path: String) async throws -> Answer {
        let url = try #require(URL(string: "http://\(address)/\(path)"))
        let (data, response) = try await URLSession.shared.data(from: url)
        let answer = try #require(response as? HTTPURLResponse)
        return Answer(
            status: answer.statusCode, contentType: answer.value(forHTTPHeaderField: "Content-Type"),
            body: String(decoding: data, as: UTF8.self))
    }
}
