// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore
package import Shared
private import Synchronization

/// Serves HTTP/1 on one address.
package struct WebServer<Responder: HTTPResponder>: Sendable
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    /// What answers.
    package let responder: Responder
    /// Where to listen, and the setting that says so.
    package let address: ListenAddress
    package let setting: SettingName
    /// How connections are handled.
    package let channel: HTTP1Channel.Configuration
    /// The most connections at a time; more wait in the system's queue.
    package let connections: Int
    package let logger: Logger

    /// Puts it together.
    package init(
        _ responder: Responder, address: ListenAddress, setting: SettingName, channel: HTTP1Channel.Configuration,
        connections: Int, logger: Logger
    ) {
        self.responder = responder
        self.address = address
        self.setting = setting
        self.channel = channel
        self.connections = connections
        self.logger = logger
    }

    /// Serves until the task is cancelled or the stop begins; `onListening` is told the address with the port that was
    /// taken.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be listened on.
    package func serve(_ onListening: @escaping @Sendable (ListenAddress) -> Void) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let isListening = Atomic(false)
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [channel] responder in
                LoopBoundChannel(channel: HTTP1Channel(responder: responder, configuration: channel))
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            onServerRunning: { [address] channel in
                isListening.store(true, ordering: .relaxed)
                onListening(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: quiet)
        do {
            try await application.run()
        } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
            let expected = "an address of this machine that is free to listen on (\(error))"
            throw InvalidSettings([SettingFault(setting, value: address.description, expected: expected)])
        }
    }
}
