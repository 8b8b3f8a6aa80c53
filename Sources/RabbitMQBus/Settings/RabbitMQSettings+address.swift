// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

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
