// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a dialect keeps with a job that it has made, beyond the fields of a job: the object `dialect` of the document.
///
/// The API and its clients neither show nor take it, and an edit of theirs leaves it as it is. It may hold secrets.
package indirect enum JobDialect: Hashable, Sendable {
    case clockMonster(ClockMonsterTerms)
    case jobs(ServiceJobTerms)

    /// The name of the object in documents.
    package static let field = "dialect"

    /// As stores have it, with the secrets: never for an answer, an export or a log.
    package var storedJSON: JSONValue {
        switch self {
        case .clockMonster(let terms): .object([Dialect.clockMonster.rawValue: terms.storedJSON])
        case .jobs(let terms): .object([Dialect.jobs.rawValue: terms.storedJSON])
        }
    }

    /// Reads what ``storedJSON`` gives; `nil` for anything else.
    package init?(stored json: JSONValue) {
        guard case .object(let members) = json, let (name, value) = members.first, members.count == 1,
            case .object(let terms) = value
        else { return nil }
        switch Dialect(rawValue: name) {
        case .clockMonster: self.init(ClockMonsterTerms(stored: terms)) { .clockMonster($0) }
        case .jobs: self.init(ServiceJobTerms(stored: terms)) { .jobs($0) }
        case nil: return nil
        }
    }

    private init?<Terms>(_ terms: Terms?, _ wrap: (Terms) -> JobDialect) {
        guard let terms else { return nil }
        self = wrap(terms)
    }
}

extension Job {
    /// What the dialect `clockmonster` says of its runs, as long as they leave by HTTP; `nil` for other jobs.
    package var clockMonster: ClockMonsterTerms? {
        guard case .clockMonster(let terms)? = dialect, delivery.http != nil else { return nil }
        return terms
    }

    /// What the dialect `jobs` keeps of it; `nil` for other jobs.
    package var serviceJob: ServiceJobTerms? {
        if case .jobs(let terms)? = dialect { terms } else { nil }
    }
}
