// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What is known of the runs that are watched, and what has changed since the last poll.
struct RunWatch {
    /// How many runs one poll fetches one by one, at most.
    static let asked = 100
    private static let pages = 10

    let job: String?
    /// Only changes to one of these are told; empty = all.
    let statuses: Set<RunStatus>
    /// The runs of the latest poll, and older ones that have not ended.
    private(set) var known: [String: Item] = [:]
    private var isFirst = true

    init(job: String?, statuses: Set<RunStatus>) {
        self.job = job
        self.statuses = statuses
    }

    /// Looks at the runs.
    ///
    /// - Returns: the runs that are new or have changed, the oldest first; at the first look those that have not ended.
    mutating func look(_ api: APIClient) async throws -> [Item] {
        var runs = try await newest(api)
        let missing = known.filter { runs[$0.key] == nil && $0.value.status?.isFinal == false }.keys.sorted()
        for id in missing.prefix(Self.asked) {
            do {
                runs[id] = try await api.send(APIRequest(.get, "runs", id)).object()
            } catch let problem as APIProblem where problem.status == 404 {
                continue  // Pruned since.
            }
        }
        for id in missing.dropFirst(Self.asked) { runs[id] = known[id] }
        return take(runs)
    }

    /// The newest runs, back to one that is known.
    private func newest(_ api: APIClient) async throws -> [String: Item] {
        var runs: [String: Item] = [:]
        var cursor: String?
        let newestKnown = known.keys.max()
        for _ in 0..<(isFirst ? 1 : Self.pages) {
            var request = APIRequest(.get, "runs")
            request.add("jobName", job)
            request.add("limit", "100")
            request.add("after", cursor)
            let answer = try await api.send(request)
            let page = try answer.list()
            for item in page { runs[item.text("id")] = item }
            cursor = answer.nextCursor
            // Ids grow with time.
            guard let newestKnown, cursor != nil, let oldest = page.last?.text("id"), oldest > newestKnown else {
                break
            }
        }
        return runs
    }

    /// Takes in what was seen.
    mutating func take(_ runs: [String: Item]) -> [Item] {
        let changes = runs.filter { id, run in
            guard let before = known[id] else { return !isFirst || run.status?.isFinal != true }
            return before.text("status") != run.text("status") || before.int("attempt") != run.int("attempt")
        }
        known = runs
        isFirst = false
        return changes.values.filter(isWanted).sorted { $0.text("id") < $1.text("id") }
    }

    /// The runs to show, the newest first.
    func shown(_ count: Int) -> [Item] {
        Array(known.values.filter(isWanted).sorted { $0.text("id") > $1.text("id") }.prefix(max(1, count)))
    }

    private func isWanted(_ run: Item) -> Bool {
        statuses.isEmpty || run.status.map { statuses.contains($0) } == true
    }
}
