// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Compares files with the API's jobs, and makes these like those.
struct JobApplier {
    /// How many jobs are asked for at a time.
    private static let width = 8

    let api: APIClient
    let now: Timestamp

    /// What has to be done, in the order of the files, deletions last.
    ///
    /// With `prune`, jobs that are in no file go; `labels` keeps that to those with all of these labels.
    func plan(_ documents: [JobDocument], prune: Bool, labels: [LabelArgument]) async throws -> [JobChange] {
        let planner = JobPlanner(now: now)
        var changes = [JobChange?](repeating: nil, count: documents.count)
        try await withThrowingTaskGroup(of: (Int, JobChange).self) { group in
            for (index, document) in documents.enumerated() {
                if index >= Self.width, let (index, change) = try await group.next() { changes[index] = change }
                group.addTask { (index, try await change(to: document, planner)) }
            }
            while let (index, change) = try await group.next() { changes[index] = change }
        }
        var plan = changes.compactMap { $0 }
        guard prune else { return plan }
        let named = Set(documents.map(\.definition.name.text))
        var request = APIRequest(.get, "jobs")
        request.add("labels", labels.filter)
        for item in try await api.list(request, limit: nil).items where !named.contains(item.text("name")) {
            plan.append(planner.deletion(of: try definition(item)))
        }
        return plan
    }

    private func change(to document: JobDocument, _ planner: JobPlanner) async throws -> JobChange {
        let name = document.definition.name.text
        do {
            let answer = try await api.send(APIRequest(.get, "jobs", name))
            return planner.change(
                to: document, from: try definition(try answer.object()), tag: answer.headers["etag"])
        } catch let problem as APIProblem where problem.status == 404 {
            let change = planner.change(to: document, from: nil, tag: nil)
            if document.nextRunAt == nil, NextSlot.first(of: document.definition.job, now: now) == nil {
                throw CLIFailure(
                    .usage, "\(document.place): nextRunAt: \(NextSlot.missing(for: document.definition.job))")
            }
            return change
        } catch let problem as APIProblem {
            throw CLIFailure(problem, subject: "job \(name)")
        }
    }

    /// What the API shows of a job.
    func definition(_ item: Item) throws(CLIFailure) -> JobDefinition {
        do {
            return try JobDefinition(item)
        } catch {
            var failure = CLIFailure(
                .other, "the API's job \(EscapedText.quoted(item.text("name"))) cannot be understood here",
                hints: "Is this program older than the API, or is the zone database missing (tzdata)?")
            failure.hints += error.faults.prefix(5).map { EscapedText.bare("\($0)") }
            throw failure
        }
    }

    /// Does what a plan says, job by job; what fails does not keep the others from being done.
    ///
    /// - Returns: how many failed.
    func apply(_ plan: [JobChange], report: (String) -> Void, complain: (CLIFailure) -> Void) async throws -> Int {
        var failures = 0
        for change in plan {
            let subject = "job \(change.name)"
            do {
                switch change.action {
                case .keep: continue
                case .create:
                    var body = change.definition?.fields ?? [:]
                    body["name"] = .string(change.name)
                    _ = try await api.send(APIRequest(.post, "jobs", body: .object(body)))
                    report("\(subject) created")
                case .update(let patch, let tag):
                    var request = APIRequest(.patch, "jobs", change.name, body: .object(patch))
                    request.headers["If-Match"] = tag
                    _ = try await api.send(request)
                    report("\(subject) updated")
                case .delete:
                    _ = try await api.send(APIRequest(.delete, "jobs", change.name))
                    report("\(subject) deleted")
                }
            } catch let problem as APIProblem where problem.status != 401 && problem.status != 403 {
                failures += 1
                complain(Self.failure(problem, subject))
            }
        }
        return failures
    }

    private static func failure(_ problem: APIProblem, _ subject: String) -> CLIFailure {
        guard problem.status == 412 else { return CLIFailure(problem, subject: subject) }
        return CLIFailure(
            .other, "\(subject): somebody else has changed it since the plan was made", hints: "Apply again.")
    }
}
