// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension JobField {
    /// What a `PATCH` sets to give it its default.
    var cleared: JSONValue { row.isAlwaysShown ? defaultJSON ?? .null : .null }

    /// The field whose name this is, in the API's spelling, as a flag, or in another one: `time_zone`, `timezone`.
    init?(spelled text: String) {
        let letters = text.lowercased().filter { !"-_".contains($0) }
        guard let field = Self.forPeople.first(where: { $0.rawValue.lowercased() == letters }) else { return nil }
        self = field
    }

    /// The flag that sets what the API calls so: `--max-queue-count` for `maxQueueCount`, `--label` for `labels.team`.
    static func flag(for name: String) -> String {
        let stem = name.split(separator: ".").first.map { String($0) } ?? name
        if stem == "name" { return "NAME" }
        if stem == "labels" { return "--label" }
        if stem == "delivery" {
            let parts = name.split(separator: ".")
            return switch parts.count > 2 ? parts[2] : "" {
            case "headers": "--header"
            case "secretHeaders": "--secret-header"
            case "signingSecrets": "--signing-secret"
            case "maxConcurrent": "--max-concurrent"
            case "method": "--method"
            case "timeout": "--http-timeout"
            default: "--http"
            }
        }
        guard JobField(rawValue: stem) != nil else { return name }
        return "--\(kebab(stem))"
    }

    /// `maxQueueCount` as `max-queue-count`.
    static func kebab(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" }
            text += letter.lowercased()
        }
    }
}
