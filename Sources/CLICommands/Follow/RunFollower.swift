// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Follows one run to its end.
struct RunFollower {
    /// How many times in a row the API may be away: about two minutes.
    private static let maximumAbsences = 100

    let api: APIClient
    let id: String

    /// Asks until the run has ended, at first often, then once a second; shows each answer on the way.
    ///
    /// - Returns: the run as it ended.
    func follow(show: (Item) -> Void) async throws -> Item {
        var absences = 0
        var wait = Duration.milliseconds(200)
        while true {
            do {
                let item = try await api.send(APIRequest(.get, "runs", id)).object()
                absences = 0
                show(item)
                if item.status?.isFinal == true { return item }
            } catch  where Self.isAway(error) && absences < Self.maximumAbsences {
                absences += 1
            } catch let problem as APIProblem {
                throw CLIFailure(problem, subject: "run \(id)")
            }
            try await api.sleep(wait)
            wait = min(wait * 2, .seconds(1))
        }
    }

    /// Whether the API is only not there at the moment.
    static func isAway(_ error: any Error) -> Bool {
        switch error {
        case let failure as CLIFailure: failure.code == .unreachable
        case let problem as APIProblem: problem.status == 503 || problem.status == 429
        default: false
        }
    }

    /// What a person sees meanwhile: `running 45 % (12 s)`.
    static func line(_ item: Item, since: Duration) -> String {
        var words = [EscapedText.bare(item.text("status"))]
        if let attempt = item.int("attempt"), attempt > 1 { words.append("attempt \(attempt)") }
        if let progress = item.number("progress") {
            let filled = Int((min(max(progress, 0), 1) * 20).rounded(.down))
            words.append("[" + String(repeating: "#", count: filled) + String(repeating: " ", count: 20 - filled) + "]")
            words.append(FieldText.percent(progress))
        }
        return words.joined(separator: " ") + " (\(since.components.seconds) s)"
    }
}
