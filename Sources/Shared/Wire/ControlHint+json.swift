// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

extension ControlHint {
    /// The body as it goes on the wire.
    package func encodedBody() -> [UInt8] {
        switch self {
        case .jobChanged(let name): Array(#"{"type":"job-changed","jobName":"\#(name)"}"#.utf8)
        case .jobsUnlocked: Array(#"{"type":"jobs-unlocked"}"#.utf8)
        }
    }

    /// Reads a body; `nil` for what is malformed or of a type that this version does not know.
    package init?(body: [UInt8]) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(body)) else { return nil }
        switch fields.type {
        case "job-changed":
            guard let name = fields.jobName, let job = try? JobName(name) else { return nil }
            self = .jobChanged(job)
        case "jobs-unlocked":
            self = .jobsUnlocked
        default:
            return nil
        }
    }

    private struct Fields: Decodable {
        let type: String
        let jobName: String?
    }
}
