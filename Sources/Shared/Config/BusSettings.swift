// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the message bus is.
package struct BusSettings: Hashable, Sendable {
    /// The buses that there are.
    package enum Driver: CaseIterable, Sendable {
        /// `amqp://` or `amqps://`.
        case rabbitMQ

        fileprivate var schemes: [String] {
            switch self {
            case .rabbitMQ: ["amqp", "amqps"]
            }
        }
    }

    /// The address; its scheme names ``driver``.
    package let connectionString: ConnectionString

    private static let fallback = "amqp://guest:guest@localhost:5672/"
    private static let schemes = Driver.allCases.flatMap(\.schemes)

    /// What the scheme of the address names; no other scheme gets this far.
    package var driver: Driver {
        Driver.allCases.first { $0.schemes.contains(connectionString.scheme) } ?? .rabbitMQ
    }

    /// Reads where the bus is, or its default.
    ///
    /// - SIMPLE_SCHEDULER_MESSAGEBUS_TYPE (`rabbitmq`, optional): the kind of bus.
    /// - SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING (string, `amqp://guest:guest@localhost:5672/`, secret).
    package init(from reader: inout SettingsReader) {
        self =
            Self(from: &reader, default: Self.fallback) ?? Self(connectionString: .known(Self.fallback, Self.schemes))
    }

    /// The same for a program that can do without a bus: `nil` when no connection string is set.
    package init?(optionalFrom reader: inout SettingsReader) {
        self.init(from: &reader, default: nil)
    }

    private init?(from reader: inout SettingsReader, default fallback: String?) {
        reader.fixed(.busType, "rabbitmq")
        let given = reader.connectionString(.busConnectionString, default: fallback, schemes: Self.schemes) {
            text throws(InvalidAddress) in try BrokerAddress(text).overridden
        }
        guard let given else { return nil }
        connectionString = given
    }

    private init(connectionString: ConnectionString) {
        self.connectionString = connectionString
    }
}
