// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard

/// All that the API is told.
package struct APISettings: ServiceSettings {
    /// Where the database is.
    package let database: DatabaseSettings
    /// Where the message bus is; the API sends hints to it and does without while it cannot be reached.
    ///
    /// `nil` = there is none, and jobs that need one are refused.
    package let bus: BusSettings?
    /// Where it listens.
    package var address: ListenAddress
    /// Whose tokens are accepted; `nil` only for a program that is alone with its data, which admits its owner then.
    package let issuer: IssuerURL?
    /// The file of static tokens that are accepted, too.
    package let tokensFile: String?
    /// Which languages of other services it speaks, too.
    package let dialects: Set<Dialect>
    /// The file of tokens that are assumed for requests in a dialect which bring none.
    package let dialectTokensFile: String?
    /// Whether the events of the dialect `clockmonster` are published.
    package let hasClockMonsterEvents: Bool
    /// What `aud` of a token must contain; `nil` = it is not looked at.
    package let audience: String?
    /// How many requests a second one subject may make; 0 = any number.
    package let rateLimit: Int
    /// From which web pages browsers may call it; empty = from none.
    package let origins: AllowedOrigins
    /// A Scheduler that was silent for so long is not shown as live.
    package let heartbeatTimeout: Duration
    /// Where the requests of jobs may go, and how they are made; as the Schedulers have it.
    package let http: HTTPSettings
    package let log: LogSettings
    package let healthAddress: ListenAddress?

    /// Reads the settings; their names and defaults are in docs/configuration.md.
    package init(from reader: inout SettingsReader) {
        database = DatabaseSettings(from: &reader)
        bus = BusSettings(from: &reader)
        address = reader.value(
            .apiURL, default: "127.0.0.1:8080",
            expected: ":port for all addresses, or " + ListenAddress.expected + ", without http:// and a path",
            show: \.description, parse: Self.address)
        if !reader.isAlone, !reader.isSet(.oidcIssuer) { reader.fault(.oidcIssuer, expected: IssuerURL.expected) }
        issuer = reader.optional(
            .oidcIssuer, expected: IssuerURL.expected, show: \.description, parse: { IssuerURL($0) })
        tokensFile = reader.optional(.apiTokensFile, expected: "the path of a file", show: { $0 }, parse: { $0 })
        dialects = reader.list(.dialects) { text throws(InvalidRule) in try Dialect.list(text) } ?? []
        dialectTokensFile = reader.optional(
            .dialectTokensFile, expected: "the path of a file", show: { $0 }, parse: { $0 })
        hasClockMonsterEvents = reader.clockMonsterEvents()
        audience = reader.optional(.oidcAudience, expected: "a text", show: { $0 }, parse: { $0 })
        rateLimit = reader.integer(.apiRateLimit, in: 0...1_000_000, default: 1_000)
        origins =
            reader.optional(
                .apiOrigins, expected: AllowedOrigins.expected, show: \.description, parse: { AllowedOrigins($0) })
            ?? AllowedOrigins()
        heartbeatTimeout = reader.duration(.heartbeatTimeout, default: 15000)
        http = HTTPSettings(from: &reader)
        log = LogSettings(from: &reader)
        healthAddress = reader.healthAddress()
    }

    /// `:8080` stands for all addresses, as in the Go program's env files.
    private static func address(_ text: String) -> ListenAddress? {
        ListenAddress(text.hasPrefix(":") ? "0.0.0.0" + text : text)
    }
}
