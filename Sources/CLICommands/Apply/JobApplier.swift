// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Compares files with the API's jobs, and makes these like those.
struct JobApplier {
    let api: APIClient
    /// For an API that does not tell the time; each job is compared by the API's `Date` otherwise.
    let now: Timestamp
    /// Shows how far it is, to a person.
    var progress: @Sendable (String) -> Void = { _ in }

    /// What has to be done, in the order of the files, deletions last.
    ///
    /// With `prune`, jobs that are in no file go; `labels` keeps that to those with all of these labels.
    func plan(_ documents: [JobDocument], prune: Bool, labels: [LabelArgument]) async throws -> [JobChange] {
        var plan: [JobChange] = []
        try await inOrder(documents, do: { try await change(to: $0) }) { change in
            plan.append(change)
            progress("compared \(plan.count) of \(documents.count) jobs …")
        }
        guard prune else { return plan }
        let named = Set(documents.map(\.definition.name.text))
        var request = APIRequest(.get, "jobs")
        request.add("labels", labels.filter)
        for item in try await api.list(request, limit: nil).items where !named.contains(item.text("name")) {
            plan.append(JobPlanner(now: now).deletion(of: try definition(item)))
        }
        return plan
    }

    private func change(to document: JobDocument) async throws -> JobChange {
        let name = document.definition.name.text
        do {
            let answer = try await api.send(APIRequest(.get, "jobs", name))
            // A `Date` is cut to the second, and may be a second old.
            let planner = JobPlanner(now: answer.date.map { $0 + .seconds(2) } ?? now)
            return planner.change(
                to: document, from: try definition(try answer.object()), tag: answer.headers["etag"])
        } catch let problem as APIProblem where problem.status == 404 {
            let change = JobPlanner(now: now).change(to: document, from: nil, tag: nil)
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

    /// Does what a plan says; what fails does not keep the others from being done.
    ///
    /// Several at a time, told in the order of the plan. A refusal that goes for all (not logged in, API away) ends it
    /// once the requests on their way are answered.
    ///
    /// - Returns: how many failed.
    func apply(_ plan: [JobChange], report: (String) -> Void, complain: (CLIFailure) -> Void) async throws -> Int {
        let changes = plan.filter { $0.action != .keep }
        var failures = 0
        var done = 0
        try await inOrder(changes, do: { try await apply($0) }) { outcome in
            switch outcome {
            case .success(let sentence): report(sentence)
            case .failure(let failure):
                failures += 1
                complain(failure)
            }
            done += 1
            if done < changes.count { progress("\(done) of \(changes.count) changes …") }
        }
        return failures
    }

    private func apply(_ change: JobChange) async throws -> Result<String, CLIFailure> {
        let subject = "job \(change.name)"
        do {
            switch change.action {
            case .keep: return .success("\(subject) unchanged")
            case .create:
                var body = change.definition?.fields ?? [:]
                body["name"] = .string(change.name)
                _ = try await api.send(APIRequest(.post, "jobs", body: .object(body)))
                return .success("\(subject) created")
            case .update(let patch, let tag):
                var request = APIRequest(.patch, "jobs", change.name, body: .object(patch))
                request.headers["If-Match"] = tag
                _ = try await api.send(request)
                return .success("\(subject) updated")
            case .delete:
                _ = try await api.send(APIRequest(.delete, "jobs", change.name))
                return .success("\(subject) deleted")
            }
        } catch let problem as APIProblem where problem.status != 401 && problem.status != 403 {
            return .failure(Self.failure(problem, of: change, subject))
        }
    }

    private static func failure(_ problem: APIProblem, of change: JobChange, _ subject: String) -> CLIFailure {
        guard problem.status == 412 else { return CLIFailure(problem, subject: subject) }
        // A weak tag never matches, however often one tries: the API says where it comes from.
        if case .update(_, let tag?) = change.action, tag.hasPrefix("W/") {
            return CLIFailure(problem, subject: subject)
        }
        return CLIFailure(
            .other, "\(subject): somebody else has changed it since the plan was made", hints: "Apply again.")
    }
}

/// Works on some elements at a time, and takes in the results in the order of the elements.
///
/// After the first error nothing more is begun; what was begun is ended and taken in, then the error is thrown.
func inOrder<Element: Sendable, Value: Sendable>(
    _ elements: [Element], atATime width: Int = 8, do work: @Sendable @escaping (Element) async throws -> Value,
    take: (Value) -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
        var results: [Int: Result<Value, any Error>] = [:]
        var begun = 0
        var taken = 0
        var hasFailed = false
        func begin() {
            let index = begun
            begun += 1
            group.addTask {
                do { return (index, .success(try await work(elements[index]))) } catch {
                    return (index, .failure(error))
                }
            }
        }
        while begun < min(width, elements.count) { begin() }
        while let (index, result) = try await group.next() {
            results[index] = result
            if case .failure = result { hasFailed = true }
            if !hasFailed, begun < elements.count { begin() }
            while case .success(let value)? = results[taken] {
                take(value)
                results[taken] = nil
                taken += 1
            }
        }
        let left = results.sorted { $0.key < $1.key }.map(\.value)
        for case .success(let value) in left { take(value) }
        for case .failure(let error) in left { throw error }
    }
}
