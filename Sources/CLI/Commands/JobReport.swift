// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Tells what has become of a job that was just changed.
struct JobReport {
    let api: APIClient
    let format: OutputFormat

    /// A line for people; the job as it is now for programs.
    func show(_ name: String, done: String) async throws {
        let console = Console.standard
        switch format {
        case .table: console.print("job \(name) \(done)")
        case .name: console.print(name)
        case .json, .yaml:
            let item = try await api.send(APIRequest(.get, "jobs", name)).object()
            console.print(ItemPrinter(format: format, screen: console.screen()).lines(item, .job))
        }
    }
}
