// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

extension RabbitMQBus {
    /// The bus that the settings name, not connected yet.
    ///
    /// - Throws: `InvalidSettings` when the connection string cannot be read; the fault does not repeat it.
    package convenience init(
        _ settings: BusSettings, queueType: QueueType = .classic, onlyAnnounces: Bool = false, logger: Logger
    ) throws(InvalidSettings) {
        do throws(InvalidAddress) {
            self.init(
                settings: try RabbitMQSettings(
                    connectionString: settings.connectionString.secretText, queueType: queueType),
                onlyAnnounces: onlyAnnounces, logger: logger)
        } catch {
            throw InvalidSettings([SettingFault(.busConnectionString, expected: error.description)])
        }
    }
}
