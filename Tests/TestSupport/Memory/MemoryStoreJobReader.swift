// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads job documents of other programs for ``MemoryStore``, by the rules of docs/database.md.
struct MemoryStoreJobReader {
    private let document: RawDocument
    private var reasons: [String] = []

    static func job(_ document: RawDocument) -> MemoryStoreJob {
        var reader = MemoryStoreJobReader(document: document)
        return reader.read()
    }

    private init(document: RawDocument) {
        self.document = document
    }

    private mutating func read() -> MemoryStoreJob {
        let (id, name) = key()
        var stored = MemoryStoreJob(id: id, hasTextID: name != nil || isText)
        let isEnabled = bool("enabled", missing: nil)
        let interval = number("interval", missing: nil, 3_153_600_000_000)
        let nextRunAt = date("nextRunAt")
        if let interval, interval > 0, nextRunAt == nil, !reasons.contains(where: { $0.hasPrefix("nextRunAt") }) {
            reasons.append("nextRunAt: missing; a job with an interval needs its next slot")
        }
        let execution = number("runExecutionTimeout", missing: 0, 3_153_600_000_000)
        let start = number("runStartTimeout", missing: 0, 3_153_600_000_000)
        let silence = number("heartbeatTimeout", missing: 0, 3_153_600_000_000)
        let queue = number("maxQueueCount", missing: 0, 1_000_000_000)
        let isConcurrent = bool("allowConcurrentRuns", missing: false)
        let payload = document["payload"].map(\.json)
        stored.managerID = manager()
        stored.heartbeat = heartbeat
        stored.lockEpoch = number("lockEpoch", missing: 0, .max) ?? 0
        if case .date(let date) = document["ownerLostAt"] { stored.ownerLostAt = date }
        stored.reasons = reasons
        if reasons.isEmpty, let name, let isEnabled, let interval {
            stored.job = Job(
                name: name, isEnabled: isEnabled, schedule: interval > 0 ? .every(.milliseconds(interval)) : .once,
                nextRunAt: nextRunAt, runExecutionTimeout: .milliseconds(execution ?? 0),
                runStartTimeout: .milliseconds(start ?? 0), heartbeatTimeout: .milliseconds(silence ?? 0),
                maxQueueCount: Int(queue ?? 0), allowsConcurrentRuns: isConcurrent ?? false, payload: payload)
        }
        return stored
    }

    private var isText: Bool {
        if case .string = document["_id"] { true } else { false }
    }

    private var heartbeat: Timestamp? {
        if case .date(let date) = document["heartbeat"] { date } else { nil }
    }

    private mutating func key() -> (String, JobName?) {
        guard case .string(let text) = document["_id"] else {
            reasons.append("_id: found another type, expected a string")
            if case .objectID(let id) = document["_id"] { return (id.hex, nil) }
            return ("\(document["_id"] ?? .null)", nil)
        }
        do {
            return (text, try JobName(text))
        } catch {
            reasons.append("_id: the name \(error.reason)")
            return (text, nil)
        }
    }

    private mutating func bool(_ field: String, missing: Bool?) -> Bool? {
        if case .bool(let value) = document[field] { return value }
        if document[field] != nil || missing == nil { reasons.append("\(field): expected true or false") }
        return missing
    }

    private mutating func number(_ field: String, missing: Int64?, _ maximum: Int64) -> Int64? {
        let value: Int64? =
            switch document[field] {
            case .int32(let value): Int64(value)
            case .int64(let value): value
            case .double(let value): Int64(exactly: value)
            case nil: missing
            default: nil
            }
        guard let value, (0...maximum).contains(value) else {
            reasons.append("\(field): expected a whole number from 0 to \(maximum)")
            return nil
        }
        return value
    }

    private mutating func date(_ field: String) -> Timestamp? {
        switch document[field] {
        case nil, .null: return nil
        case .date(let date) where date <= .latest: return date < .earliest ? nil : date
        default:
            reasons.append("\(field): expected a date before the year 10000")
            return nil
        }
    }

    private mutating func manager() -> ManagerID? {
        switch document["managerId"] {
        case nil, .null, .objectID(.zero): return nil
        case .objectID(let id): return ManagerID(id)
        default:
            reasons.append("managerId: expected an ObjectId")
            return nil
        }
    }
}
