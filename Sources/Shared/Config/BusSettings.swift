// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the message bus is.
package struct BusSettings: Hashable, Sendable {
    /// The address, `amqp://` or `amqps://`.
    package let connectionString: ConnectionString

    private static let fallback = "amqp://guest:guest@localhost:5672/"
    private static let schemes = ["amqp", "amqps"]

    private enum Kind: String, CaseIterable {
        case rabbitmq, none
    }

    /// Reads where the bus is; `nil` = there is none.
    ///
    /// With `isOptional` there is one only when it is named. A program that is alone with its data can do without, too.
    /// - SIMPLE_SCHEDULER_MESSAGEBUS_TYPE (`rabbitmq`|`none`, optional): the kind of bus; by default `rabbitmq`, alone `none` unless a
    ///   connection string is set.
    /// - SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING (string, `amqp://guest:guest@localhost:5672/`, secret).
    package init?(from reader: inout SettingsReader, isOptional: Bool = false) {
        let isNamed = reader.isSet(.busConnectionString)
        let kind = reader.choice(
            .busType, of: Kind.self, default: reader.isAlone && !isNamed ? .none : .rabbitmq)
        let isWanted = kind == .rabbitmq && (isNamed || !isOptional)
        let given = reader.connectionString(
            .busConnectionString, default: isWanted ? Self.fallback : nil, schemes: Self.schemes
        ) { text throws(InvalidAddress) in try BrokerAddress(text).overridden }
        guard isWanted else { return nil }
        connectionString = given ?? .known(Self.fallback, Self.schemes)
    }
}
