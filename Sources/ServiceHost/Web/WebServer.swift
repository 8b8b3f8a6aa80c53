// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
package import Hummingbird
import HummingbirdCore
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
    /// What connections may take.
    package let limits: ConnectionLimits
    /// How a request is answered that breaks a rule of HTTP.
    package let wording: RefusalWording
    package let logger: Logger

    package init(
        _ responder: Responder, address: ListenAddress, setting: SettingName, limits: ConnectionLimits,
        wording: @escaping RefusalWording, logger: Logger
    ) {
        self.responder = responder
        self.address = address
        self.setting = setting
        self.limits = limits
        self.wording = wording
        self.logger = logger
    }

    /// Serves until the task is cancelled or the stop begins; `onListening` is told the address with the port that was
    /// taken.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be listened on.
    package func serve(_ onListening: @escaping @Sendable (ListenAddress) -> Void) async throws {
        let isListening = Atomic(false)
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [limits, wording] responder in
                WebChannel(responder: responder, limits: limits, wording: wording)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { [address] channel in
                isListening.store(true, ordering: .relaxed)
                onListening(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port))
            },
            logger: logger.quiet)
        do {
            try await application.run()
        } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            let expected = "an address of this machine that is free to listen on (\(reason))"
            throw InvalidSettings([SettingFault(setting, value: address.description, expected: expected)])
        }
    }
}
