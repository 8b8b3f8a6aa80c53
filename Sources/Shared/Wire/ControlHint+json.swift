// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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

    /// Reads a body as leniently as a worker's; `nil` for what is malformed or of a type that this version does not know.
    ///
    /// Names that are none are passed over.
    package init?(body: [UInt8]) {
        guard let read = try? JSONReader.members(mending: body) else { return nil }
        let members = Dictionary(read.map { ($0.name, $0.value) }) { $1 }
        guard case .string(let type)? = members["type"] else { return nil }
        switch (type, members["jobName"], members["jobNames"]) {
        case ("jobs-unlocked", _, _): self = .jobsUnlocked
        case ("job-changed", let name?, _): self.init(naming: [name])
        case ("jobs-changed", _, .array(let names)?): self.init(naming: names)
        default: return nil
        }
    }

    private init?(naming names: [JSONValue]) {
        guard (1...Self.maximumJobs).contains(names.count) else { return nil }
        let jobs = names.compactMap { name -> JobName? in
            if case .string(let text) = name { try? JobName(text) } else { nil }
        }
        guard !jobs.isEmpty else { return nil }
        self = .jobsChanged(jobs)
    }
}
