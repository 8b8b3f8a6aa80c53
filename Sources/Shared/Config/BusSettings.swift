// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where the message bus is.
package struct BusSettings: Hashable, Sendable {
    /// `amqp://` or `amqps://`.
    package let connectionString: ConnectionString

    private static let expected = "a connection string that starts with amqp:// or amqps://"

    /// Reads where the bus is, or its default.
    ///
    /// - SIMPLE_SCHEDULER_MESSAGEBUS_TYPE (`rabbitmq`, optional): the kind of bus.
    /// - SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING (string, `amqp://guest:guest@localhost:5672/`, secret).
    package init(from reader: inout SettingsReader) {
        reader.fixed(.busType, "rabbitmq")
        connectionString = reader.value(
            .busConnectionString, default: "amqp://guest:guest@localhost:5672/", expected: Self.expected,
            isSecret: true, show: \.description, parse: Self.parse)
    }

    /// The same for a program that can do without a bus: `nil` when no connection string is set.
    package init?(optionalFrom reader: inout SettingsReader) {
        reader.fixed(.busType, "rabbitmq")
        let given = reader.optional(
            .busConnectionString, expected: Self.expected, isSecret: true, show: \.description, parse: Self.parse)
        guard let given else { return nil }
        connectionString = given
    }

    private static func parse(_ text: String) -> ConnectionString? {
        ConnectionString(text, schemes: ["amqp", "amqps"])
    }
}
