// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// What `enable job` and `disable job` are alike in.
struct JobSwitch: ParsableArguments {
    @OptionGroup var job: JobReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func turn(on isEnabled: Bool) async throws {
        let api = try APIClient(connection)
        let patch = JSONValue.object(["enabled": .bool(isEnabled)])
        try await api.send(APIRequest(.patch, "jobs", job.text, body: patch), about: job.subject)
        try await JobReport(api: api, format: output.format).show(job.text, done: isEnabled ? "enabled" : "disabled")
    }
}
