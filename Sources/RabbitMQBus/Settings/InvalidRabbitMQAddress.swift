// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is not the address of a broker; never repeats the text, which may hold a password.
package struct InvalidRabbitMQAddress: Error, Equatable, CustomStringConvertible {
    /// What was expected, to follow the name of the setting.
    package let description: String
}
