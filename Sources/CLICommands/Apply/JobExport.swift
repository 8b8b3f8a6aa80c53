// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Writes jobs so that `apply` finds them unchanged.
enum JobExport {
    /// YAML documents, with durations as people write them; or one JSON list, as the API takes its elements.
    static func lines(_ definitions: [JobDefinition], _ format: OutputFormat) -> [String] {
        switch format {
        case .name: definitions.map { EscapedText.bare($0.name.text) }
        case .json: [PrettyJSON.text(definitions.map { Item(members: members($0)) }, .job)]
        case .table, .yaml:
            definitions.flatMap { definition in
                let item = Item(
                    members: members(definition).reduce(into: [:]) { $0[$1.key] = readable($1.key, $1.value) })
                return ["---"] + YAMLText.mapping(ItemKind.job.fields(item))
            }
        }
    }

    private static func members(_ definition: JobDefinition) -> [String: JSONValue] {
        var members = definition.fields
        members["name"] = .string(definition.name.text)
        let job = definition.job
        guard let next = job.nextRunAt, job.schedule.zone != nil else { return members }
        // Said once.
        if next == job.anchor {
            members["anchor"] = nil
        } else if job.schedule.first(from: next - .milliseconds(1), notBefore: next) == next {
            // It follows from the rest: the file need not go out of date with each slot.
            members["nextRunAt"] = nil
        }
        return members
    }

    private static func readable(_ name: String, _ value: JSONValue) -> JSONValue {
        switch value {
        case .int(let number) where number > 0 && JobField(rawValue: name)?.isSpan == true:
            return .string(SpanText.text(number))
        case .object(var parts) where name == "retryBackoff":
            for name in ["initial", "max"] {
                if case .int(let number)? = parts[name], number > 0 { parts[name] = .string(SpanText.text(number)) }
            }
            return .object(parts)
        case .object(var ways) where name == "delivery":
            if case .object(var http)? = ways["http"], case .int(let number)? = http["timeout"] {
                http["timeout"] = .string(SpanText.text(number))
                ways["http"] = .object(http)
            }
            return .object(ways)
        default: return value
        }
    }
}
