// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

extension ControlHint {
    /// The body as it goes on the wire.
    ///
    /// One job has a form of its own, which every version understands.
    package func encodedBody() -> [UInt8] {
        switch self {
        case .jobsUnlocked: Array(#"{"type":"jobs-unlocked"}"#.utf8)
        case .jobsChanged(let names) where names.count == 1:
            Array(#"{"type":"job-changed","jobName":"\#(names[0])"}"#.utf8)
        case .jobsChanged(let names):
            // A legal name has nothing that JSON escapes.
            Array(#"{"type":"jobs-changed","jobNames":["\#(names.map(\.text).joined(separator: #"",""#))"]}"#.utf8)
        }
    }

    /// Reads a body; `nil` for what is malformed or of a type that this version does not know.
    package init?(body: [UInt8]) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(body)) else { return nil }
        let names: [String]
        switch fields.type {
        case "job-changed": names = fields.jobName.map { [$0] } ?? []
        case "jobs-changed": names = fields.jobNames ?? []
        case "jobs-unlocked":
            self = .jobsUnlocked
            return
        default: return nil
        }
        guard (1...Self.maximumJobs).contains(names.count), let jobs = try? names.map({ try JobName($0) }) else {
            return nil
        }
        self = .jobsChanged(jobs)
    }

    private struct Fields: Decodable {
        let type: String
        let jobName: String?
        let jobNames: [String]?
    }
}
