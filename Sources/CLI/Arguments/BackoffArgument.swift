// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A backoff on the command line: `initial=1s,factor=2,max=5m`, in any order; what is left out has its default.
struct BackoffArgument: ExpressibleByArgument, Sendable {
    let json: JSONValue

    init?(argument: String) {
        var parts: [String: JSONValue] = [:]
        for pair in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", maxSplits: 1).map { String($0) }
            guard sides.count == 2, parts[sides[0]] == nil else { return nil }
            switch sides[0] {
            case "initial", "max":
                guard let span = SpanText.milliseconds(sides[1]) else { return nil }
                parts[sides[0]] = .int(span)
            case "factor":
                guard let factor = Double(sides[1]), factor.isFinite else { return nil }
                parts["factor"] = Int64(exactly: factor).map { .int($0) } ?? .double(factor)
            default: return nil
            }
        }
        json = .object(parts)
    }
}
