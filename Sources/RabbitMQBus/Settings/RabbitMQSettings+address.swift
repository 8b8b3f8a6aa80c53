// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials
package import Shared

extension RabbitMQSettings {
    /// Reads `amqp://user:password@host:port/vhost`, or `amqps://`; each part may be percent-encoded.
    ///
    /// Left out: user and password `guest`, port 5672 or 5671, virtual host `/`. `amqps` honours the query items
    /// `cacertfile` (path) and `verify` (`verify_peer`, `verify_none`); others are ignored.
    package init(
        connectionString: String, queueType: QueueType = .classic, connectionName: String = "simple-scheduler"
    ) throws(InvalidRabbitMQAddress) {
        guard let parts = URLComponents(string: connectionString) else {
            throw InvalidRabbitMQAddress(description: "must be a URL like amqp://user:password@host:5672/vhost")
        }
        let scheme = parts.scheme?.lowercased()
        guard scheme == "amqp" || scheme == "amqps" else {
            throw InvalidRabbitMQAddress(description: "must start with amqp:// or amqps://")
        }
        guard let host = parts.host, !host.isEmpty else {
            throw InvalidRabbitMQAddress(description: "must name a host")
        }
        guard parts.fragment == nil else {
            throw InvalidRabbitMQAddress(description: "must not have a fragment; a # must be written %23")
        }
        let port = parts.port ?? (scheme == "amqps" ? 5671 : 5672)
        guard (1...65_535).contains(port) else {
            throw InvalidRabbitMQAddress(description: "must have a port between 1 and 65535")
        }
        guard !parts.percentEncodedPath.dropFirst().contains("/") else {
            throw InvalidRabbitMQAddress(description: "must have one virtual host; a / in its name is written %2F")
        }
        let virtualHost = String(parts.path.dropFirst())
        self.init(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host,
            port: port,
            user: parts.user ?? "guest",
            password: parts.password ?? "guest",
            virtualHost: virtualHost.isEmpty ? "/" : virtualHost,
            tls: scheme == "amqps" ? try TLS(query: parts.queryItems ?? []) : nil,
            queueType: queueType,
            connectionName: connectionName)
        for text in [self.host, user, password, self.virtualHost] where text.utf8.contains(0) {
            throw InvalidRabbitMQAddress(description: "must not hold a NUL character")
        }
    }
}

extension RabbitMQSettings.TLS {
    fileprivate init(query: [URLQueryItem]) throws(InvalidRabbitMQAddress) {
        self.init()
        for item in query {
            switch (item.name, item.value) {
            case ("cacertfile", let path?): authorities = path
            case ("verify", "verify_peer"): verifiesPeer = true
            case ("verify", "verify_none"): verifiesPeer = false
            case ("verify", _):
                throw InvalidRabbitMQAddress(description: "must have verify=verify_peer or verify=verify_none")
            default: break
            }
        }
    }
}
