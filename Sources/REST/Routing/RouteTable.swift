// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Shared

/// Finds the operation for a method and a path.
package struct RouteTable: Sendable {
    /// What a request's path and method lead to.
    package enum Match: Equatable, Sendable {
        /// An operation, and the decoded segments that stand for names in braces, in their order.
        case found(Operation, [String])
        /// The path has other methods, in the order of `Allow`.
        case otherMethods([HTTPRequest.Method])
        /// No such path.
        case nothing
    }

    private struct Path: Sendable {
        let segments: [String?]
        var operations: [(method: HTTPRequest.Method, operation: Operation)]
    }

    private let paths: [Path]

    /// The table of our own operations, and of those of these dialects.
    package init(dialects: Set<Dialect> = []) {
        var paths: [Path] = []
        for operation in Operation.allCases where operation.dialect.map({ dialects.contains($0) }) ?? true {
            guard let (method, template) = operation.route else { continue }
            let segments = template.split(separator: "/").map { $0.hasPrefix("{") ? nil : String($0) }
            if let index = paths.firstIndex(where: { $0.segments == segments }) {
                paths[index].operations.append((method, operation))
            } else {
                paths.append(Path(segments: segments, operations: [(method, operation)]))
            }
        }
        self.paths = paths
    }

    /// Looks a path up, without its query; `HEAD` counts as `GET`, and `*` has all methods that there are.
    package func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
        if path == "*" { return .otherMethods(Self.allowed(paths.flatMap { $0.operations.map(\.method) })) }
        guard path.first == "/" else { return .nothing }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard let found = paths.first(where: { Self.fits($0.segments, segments) }) else { return .nothing }
        let wanted = method == .head ? .get : method
        guard let operation = found.operations.first(where: { $0.method == wanted })?.operation else {
            return .otherMethods(Self.allowed(found.operations.map(\.method)))
        }
        var values: [String] = []
        for (name, segment) in zip(found.segments, segments) where name == nil {
            guard let value = PercentText.decode(segment.utf8) else { return .nothing }
            values.append(value)
        }
        return .found(operation, values)
    }

    private static func fits(_ pattern: [String?], _ segments: [Substring]) -> Bool {
        pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { pattern, segment in
                pattern.map { $0 == segment } ?? !segment.isEmpty
            }
    }

    private static func allowed(_ methods: [HTTPRequest.Method]) -> [HTTPRequest.Method] {
        var allowed: [HTTPRequest.Method] = methods.contains(.get) ? [.get, .head] : []
        for method in methods + [.options] where !allowed.contains(method) { allowed.append(method) }
        return allowed
    }
}
