// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// How to reach the broker, and the limits of every wait.
package struct RabbitMQSettings: Sendable {
    /// Host name or address, without brackets.
    package var host: String
    /// TCP port.
    package var port: Int
    /// User name.
    package var user: String
    /// Secret; shown nowhere.
    package var password: String
    /// The virtual host; the broker's default is `/`.
    package var virtualHost: String
    /// TLS; `nil` = plain TCP.
    package var tls: BrokerAddress.TLS?
    /// The kind of queue that is declared for jobs.
    package var queueType: QueueType
    /// What the broker lists this process as.
    package var connectionName: String
    /// AMQP heartbeat; a silent broker is given up after two.
    package var heartbeat: Duration = .seconds(10)
    /// How long a published message may stay unconfirmed.
    package var confirmTimeout: Duration = .seconds(30)
    /// How long the broker may take for one answer.
    package var rpcTimeout: Duration = .seconds(10)
    /// How long one TCP connect may take.
    package var connectTimeout: Duration = .seconds(5)
    /// How long one turn of writing may take before the watchdog shuts the socket.
    package var writeTimeout: Duration = .seconds(15)
    /// Messages that may be unconfirmed at once; further ones wait.
    package var publishWindow = 5000
    /// Unacknowledged deliveries per queue of a job.
    package var prefetch = 250
    /// The same per queue of a pool.
    package var poolPrefetch = 4_000
    /// Deliveries waiting here before the socket is read no further.
    package var deliveryCapacity = 20_000
    /// How long a refused job is left alone before the next try.
    package var refusedJobRetry: Duration = .seconds(30)
}

extension RabbitMQSettings: CustomStringConvertible {
    /// The address without user and password.
    package var description: String {
        "\(tls == nil ? "amqp" : "amqps")://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(virtualHost == "/" ? "" : virtualHost)"
    }
}

extension RabbitMQSettings {
    /// The broker of a connection string, and the limits that it names.
    ///
    /// - Throws: what was expected; the string is not repeated.
    package init(
        connectionString: String, queueType: QueueType = .classic, connectionName: String = "simple-scheduler"
    ) throws(InvalidAddress) {
        let address = try BrokerAddress(connectionString)
        self.init(
            host: address.host, port: address.port, user: address.user, password: address.password,
            virtualHost: address.virtualHost, tls: address.tls, queueType: queueType, connectionName: connectionName)
        if let heartbeat = address.heartbeat { self.heartbeat = heartbeat }
        if let connectTimeout = address.connectTimeout { self.connectTimeout = connectTimeout }
    }
}
