// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
