// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The one table of the fields of a job besides its name (contract, section 5): JSON, documents, edits, the command line's
/// flags and files are made from it, and tests compare `openapi.json` with it.
///
/// The raw values are the names in JSON and in documents; the cases are in the order of answers. A new field takes a
/// property of ``Job``, a case, a place in ``forPeople``, its row, a flag, and its entry in `openapi.json`; the compiler and
/// the tests name what was forgotten.
package enum JobField: String, CaseIterable, Sendable {
    case enabled, nextRunAt, interval, cron, every, timeZone, anchor
    case runExecutionTimeout, runStartTimeout, maxQueueCount
    case allowConcurrentRuns, heartbeatTimeout, misfirePolicy, maxCatchUp, maxAttempts, retryBackoff, delivery, payload,
        startAt
    case endAt, jitter, description, labels, retention

    /// The order in which people see them.
    package static let forPeople: [JobField] = [
        .description, .labels, .enabled, .nextRunAt, .interval, .cron, .every, .timeZone, .anchor, .startAt, .endAt,
        .jitter,
        .misfirePolicy,
        .maxCatchUp, .allowConcurrentRuns, .maxQueueCount, .runStartTimeout, .runExecutionTimeout, .heartbeatTimeout,
        .maxAttempts, .retryBackoff, .retention, .delivery, .payload,
    ]

    /// What is known of a field; its default is that of the property, as ``Job/blank`` has it.
    package struct Row: Sendable {
        package let kind: Kind
        /// Whether answers and new documents have it even where it has its default: the fields that the Go program knows.
        package let isAlwaysShown: Bool
        /// The help text of its flag.
        package let help: String

        fileprivate init(_ kind: Kind, isAlwaysShown: Bool = false, _ help: String) {
            self.kind = kind
            self.isAlwaysShown = isAlwaysShown
            self.help = help
        }

        /// Whether it is not shown where it has its default, which is a value, so that it may have been stated.
        package var hasHiddenDefault: Bool {
            switch kind {
            case .instant, .text, .json, .cron, .every, .anchor: false
            default: !isAlwaysShown
            }
        }
    }

    /// Gives a property of a job. (Key paths would say getter and setter in one, but take several times as long.)
    package typealias Getter<Value> = @Sendable (Job) -> Value
    /// Sets a property of a job.
    package typealias Setter<Value> = @Sendable (inout Job, Value) -> Void

    /// What the values of a field are, and where a job has them.
    package enum Kind: Sendable {
        case truth(Getter<Bool>, Setter<Bool>)
        case count(Getter<Int>, Setter<Int>, ClosedRange<Int64>)
        /// A number of milliseconds.
        case span(Getter<Duration>, Setter<Duration>, ClosedRange<Int64> = 0...JobField.longestSpan)
        /// RFC 3339 in JSON, a date in documents.
        case instant(Getter<Timestamp?>, Setter<Timestamp?>)
        /// At most so many bytes of UTF-8, without NUL.
        case text(Getter<String?>, Setter<String?>, atMost: Int)
        case misfirePolicy(Getter<MisfirePolicy>, Setter<MisfirePolicy>)
        case backoff(Getter<RetryBackoff>, Setter<RetryBackoff>)
        case delivery(Getter<JobDelivery>, Setter<JobDelivery>)
        case labels(Getter<[String: String]>, Setter<[String: String]>)
        /// Any JSON of at most ``JobField/largestPayload``.
        case json(Getter<JSONValue?>, Setter<JSONValue?>)
        /// An expression, as a text; with the zone it makes the job's schedule.
        case cron(atMost: Int)
        /// A step on the calendar, as an object of its one unit; with the zone and the anchor it makes the job's schedule.
        case every
        /// The IANA name of the expression's, or of the calendar's, zone.
        case zone(atMost: Int)
        /// What the steps on the calendar are counted from, written as an instant.
        case anchor
    }

    /// A hundred years in milliseconds.
    package static let longestSpan: Int64 = 3_153_600_000_000
    /// In bytes of compact JSON text.
    package static let largestPayload = 256 * 1024

    /// The field's row of the table.
    package var row: Row {
        switch self {
        case .enabled:
            Row(.truth({ $0.isEnabled }, { $0.isEnabled = $1 }), isAlwaysShown: true, "Whether the job is fired.")
        case .nextRunAt: Row(.instant({ $0.nextRunAt }, { $0.nextRunAt = $1 }), "The next slot: RFC 3339, now, or +5m.")
        case .interval:
            Row(
                .span({ $0.interval }, { $0.interval = $1 }), isAlwaysShown: true,
                "From slot to slot: 90s, 5m, 1h30m; 0 = once.")
        case .cron: Row(.cron(atMost: 256), "When the slots are: five fields, or six with the second first.")
        case .every:
            Row(.every, "Steps on the calendar from --next-run-at: '1 month', '2 weeks', days=1, years=1.")
        case .timeZone: Row(.zone(atMost: 64), "The zone of --cron or --every (IANA; default UTC).")
        case .anchor:
            Row(.anchor, "What the steps of --every are counted from, where that is not --next-run-at.")
        case .startAt: Row(.instant({ $0.startAt }, { $0.startAt = $1 }), "No slot is before this.")
        case .endAt: Row(.instant({ $0.endAt }, { $0.endAt = $1 }), "No slot is after this.")
        case .jitter:
            Row(
                .span({ $0.jitter }, { $0.jitter = $1 }, 0...86_400_000),
                "Up to how much later than its slot a run is fired.")
        case .misfirePolicy:
            Row(
                .misfirePolicy({ $0.misfirePolicy }, { $0.misfirePolicy = $1 }),
                "What becomes of missed slots: once, skip or all.")
        case .maxCatchUp:
            Row(
                .count({ $0.maxCatchUp }, { $0.maxCatchUp = $1 }, 1...10_000),
                "How many missed slots --misfire-policy all makes up for.")
        case .allowConcurrentRuns:
            Row(
                .truth({ $0.allowsConcurrentRuns }, { $0.allowsConcurrentRuns = $1 }), isAlwaysShown: true,
                "Whether several runs may be active at the same time.")
        case .maxQueueCount:
            Row(
                .count({ $0.maxQueueCount }, { $0.maxQueueCount = $1 }, 0...1_000_000_000), isAlwaysShown: true,
                "The most runs that may wait; 0 = no limit.")
        case .runStartTimeout:
            Row(
                .span({ $0.runStartTimeout }, { $0.runStartTimeout = $1 }), isAlwaysShown: true,
                "Pending longer than this, a run is cancelled; 0 = never.")
        case .runExecutionTimeout:
            Row(
                .span({ $0.runExecutionTimeout }, { $0.runExecutionTimeout = $1 }), isAlwaysShown: true,
                "Running longer than this, a run is cancelled; 0 = never.")
        case .heartbeatTimeout:
            Row(
                .span({ $0.heartbeatTimeout }, { $0.heartbeatTimeout = $1 }), isAlwaysShown: true,
                "Silent longer than this, a run is started again; 0 = never.")
        case .maxAttempts:
            Row(
                .count({ $0.maxAttempts }, { $0.maxAttempts = $1 }, 1...1_000),
                "The most attempts before a run fails for good.")
        case .retryBackoff:
            Row(
                .backoff({ $0.retryBackoff }, { $0.retryBackoff = $1 }),
                "The wait between attempts: initial=1s,factor=2,max=5m.")
        case .delivery:
            Row(
                .delivery({ $0.delivery }, { $0.delivery = $1 }),
                "Where each run is sent as an HTTP request; without it, to workers.")
        case .retention:
            Row(.span({ $0.retention }, { $0.retention = $1 }), "Ended runs older than this are deleted; 0 = never.")
        case .payload:
            Row(
                .json({ $0.payload }, { $0.payload = $1 }),
                "JSON that is sent with each run, or @ and a file that holds it.")
        case .description: Row(.text({ $0.description }, { $0.description = $1 }, atMost: 4_096), "For people.")
        case .labels:
            Row(
                .labels({ $0.labels }, { $0.labels = $1 }),
                "A label; may repeat. On update they take the place of all labels.")
        }
    }

    /// Whether it is a number of milliseconds.
    package var isSpan: Bool {
        if case .span = row.kind { true } else { false }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// The field of this name, found faster than by its raw value.
    package init?(named name: String) {
        guard let field = Self.byName[name] else { return nil }
        self = field
    }

    /// What is wrong with a name that is no field of a job, with the one that was most likely meant.
    package static func unknown(_ name: String) -> String {
        "is not a field of a job" + (nearest(to: name).map { "; did you mean \($0)?" } ?? "")
    }

    /// The field that a name most likely means: one that is spelled otherwise (`time_zone`, `time-zone`, `timezone`), or
    /// nearly so; `nil` = it resembles none.
    package static func nearest(to name: String) -> String? {
        let known = (allCases.map(\.rawValue) + ["name"]).sorted()
        let letters = name.prefix(64).lowercased().filter { $0.isASCII && $0.isLetter }
        let guess = letters.nearest(in: known.map { $0.lowercased() }, within: letters.count > 4 ? 2 : 1)
        return known.first { $0.lowercased() == guess }
    }
}
