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
            Array(#"{"type":"jobs-changed","jobNames":\#(Self.list(names))}"#.utf8)
        case .runsChanged(let names, let retryAt):
            Array(
                #"{"type":"runs-changed","jobNames":\#(Self.list(names))\#(retryAt.map { #","retryAt":"\#($0.rfc3339)""# } ?? "")}"#
                    .utf8)
        }
    }

    /// A legal name has nothing that JSON escapes.
    private static func list(_ names: [JobName]) -> String {
        #"["\#(names.map(\.text).joined(separator: #"",""#))"]"#
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
        case ("job-changed", let name?, _):
            guard let jobs = Self.jobs([name]) else { return nil }
            self = .jobsChanged(jobs)
        case ("jobs-changed", _, .array(let names)?):
            guard let jobs = Self.jobs(names) else { return nil }
            self = .jobsChanged(jobs)
        case ("runs-changed", _, .array(let names)?):
            guard let jobs = Self.jobs(names) else { return nil }
            var retryAt: Timestamp?
            if case .string(let text)? = members["retryAt"] { retryAt = Timestamp(rfc3339: text) }
            self = .runsChanged(jobs, retryAt: retryAt)
        default: return nil
        }
    }

    private static func jobs(_ names: [JSONValue]) -> [JobName]? {
        guard (1...maximumJobs).contains(names.count) else { return nil }
        let jobs = names.compactMap { name -> JobName? in
            if case .string(let text) = name { try? JobName(text) } else { nil }
        }
        return jobs.isEmpty ? nil : jobs
    }
}
