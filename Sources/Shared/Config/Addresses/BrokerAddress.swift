// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// An AMQP connection string taken apart.
///
/// Source: RabbitMQ's "URI Specification" and "URI Query Parameters". Where the specification lets a client choose, this
/// is what the Go program does: an absent or empty path is the virtual host `/`.
package struct BrokerAddress: Sendable {
    /// Host name or address, without brackets.
    package let host: String
    /// TCP port; 5672, with TLS 5671.
    package let port: Int
    /// User name; `guest` when there is none.
    package let user: String
    /// Secret; `guest` when there is none.
    package let password: String
    /// The virtual host.
    package let virtualHost: String
    /// TLS; `nil` = plain TCP.
    package let tls: TLS?
    /// AMQP heartbeat; `nil` = ours.
    package let heartbeat: Duration?
    /// How long one TCP connect may take; `nil` = ours.
    package let connectTimeout: Duration?
    /// The options that were written and have no effect.
    package let overridden: [String]

    /// How a TLS peer is checked, and what it is shown.
    package struct TLS: Hashable, Sendable {
        /// Whether certificate and host name are checked.
        package var verifiesPeer = true
        /// PEM file with the trusted authorities.
        package var authorities = "/etc/ssl/certs/ca-certificates.crt"
        /// PEM files of the client's certificate and its key; both or none.
        package var certificate: String?
        package var key: String?

        /// The usual ones.
        package init() {}
    }

    private static let form = "amqp://user:password@host:5672/vhost"

    /// Takes a connection string apart; each part may be percent-encoded.
    ///
    /// - Throws: what was expected; nothing of the string is repeated but names of options.
    package init(_ text: String) throws(InvalidAddress) {
        let lower = text.lowercased()
        guard let scheme = ["amqp", "amqps"].first(where: { lower.hasPrefix($0 + "://") }),
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
        else { throw InvalidAddress("a connection string that starts with amqp:// or amqps://") }
        guard !text.contains("#") else { throw InvalidAddress("\(Self.form) with a # in it written %23") }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[authority.endIndex...].prefix { $0 != "?" }.dropFirst()
        let query = rest[path.endIndex...].dropFirst()
        guard !path.contains("@") else {
            throw InvalidAddress("\(Self.form) with special characters of user, password and vhost as %XX")
        }
        (user, password) = try Self.credentials(authority)
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard !place.contains(",") else {
            throw InvalidAddress("\(Self.form) with one host: several brokers need a name that stands for all of them")
        }
        guard let found = AddressHost(place), let name = PercentText.decode(found.name.utf8) else {
            throw InvalidAddress("\(Self.form) with a host, [::1] for IPv6, and a port from 1 to 65535")
        }
        guard !path.contains("/"), let vhost = PercentText.decode(path.utf8) else {
            throw InvalidAddress("\(Self.form) with one virtual host, a / in its name written %2F")
        }
        host = name
        port = found.port ?? (scheme == "amqps" ? 5671 : 5672)
        virtualHost = vhost.isEmpty ? "/" : vhost
        let options = try AddressOptions(query, known: AddressOption.broker, repeatable: ["auth_mechanism"])
        overridden = options.overridden
        heartbeat = options["heartbeat"].flatMap { Int64($0) }.map { .seconds($0) }
        connectTimeout = options["connection_timeout"].flatMap { Int64($0) }.map { .milliseconds($0) }
        tls = try Self.tls(options, isSecure: scheme == "amqps")
    }

    private static func credentials(_ authority: Substring) throws(InvalidAddress) -> (user: String, password: String) {
        guard let end = authority.lastIndex(of: "@") else { return ("guest", "guest") }
        let parts = authority[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = parts.compactMap { PercentText.decode($0.utf8) }
        guard decoded.count == parts.count, !parts.contains(where: { $0.contains("@") }) else {
            throw InvalidAddress("\(form) with special characters of user, password and vhost as %XX")
        }
        guard !decoded[0].isEmpty else {
            throw InvalidAddress("\(form) with a user before the @, or without an @ for guest")
        }
        return (decoded[0], decoded.count > 1 ? decoded[1] : "guest")
    }

    private static func tls(_ options: AddressOptions, isSecure: Bool) throws(InvalidAddress) -> TLS? {
        let names = ["cacertfile", "certfile", "keyfile", "verify"]
        guard isSecure else {
            if let name = names.first(where: { options[$0] != nil }) {
                throw InvalidAddress("amqps:// with the option \(name): amqp:// is not encrypted")
            }
            return nil
        }
        var tls = TLS()
        tls.verifiesPeer = options["verify"] != "verify_none"
        if let path = options["cacertfile"] { tls.authorities = path }
        (tls.certificate, tls.key) = (options["certfile"], options["keyfile"])
        guard (tls.certificate == nil) == (tls.key == nil) else {
            throw InvalidAddress("both of the options certfile and keyfile, or none")
        }
        return tls
    }
}
