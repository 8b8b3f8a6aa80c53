// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What the issuer gives a device without a browser (RFC 8628, section 3.2).
struct DeviceCode: Equatable, Sendable {
    /// Ours alone; never shown.
    let deviceCode: String
    /// What somebody types.
    let userCode: String
    /// Where.
    let address: String
    /// The same with the code in it, when there is one.
    let completeAddress: String?
    let lifetime: Duration
    let interval: Duration

    /// The longest that one is waited for, whatever the issuer says.
    static let maximumLifetime: Duration = .seconds(1_800)

    init(_ body: [UInt8]) throws(CLIFailure) {
        let members = JSONReader.object(body) ?? [:]
        func text(_ name: String) -> String? {
            guard case .string(let text)? = members[name], (1...4_096).contains(text.utf8.count) else { return nil }
            return text
        }
        func seconds(_ name: String) -> Duration? { members[name]?.seconds(atMost: 86_400) }
        guard let deviceCode = text("device_code"), let userCode = text("user_code"),
            let address = text("verification_uri") ?? text("verification_url"), WebAddress(address) != nil
        else { throw CLIFailure(.unreachable, "the issuer's answer is not what starts a device login") }
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.address = address
        completeAddress = text("verification_uri_complete").flatMap { WebAddress($0) == nil ? nil : $0 }
        lifetime = min(seconds("expires_in") ?? Self.maximumLifetime, Self.maximumLifetime)
        interval = seconds("interval") ?? .seconds(5)
    }
}
