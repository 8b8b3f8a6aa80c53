// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard

extension HTTPDelivery {
    /// Where the request goes: the host as it is written in the URL, in lower case, an IPv6 address in its brackets, and the
    /// port.
    package var target: (host: String, port: UInt16) {
        let authority = authority
        let host =
            authority.hasPrefix("[")
            ? authority[...(authority.firstIndex(of: "]") ?? authority.startIndex)] : authority.prefix { $0 != ":" }
        let port = UInt16(authority[host.endIndex...].dropFirst())
        return (String(host), port ?? (url.text.lowercased().hasPrefix("https:") ? 443 : 80))
    }

    /// What the rules have against it as far as that can be known without resolving its host; `nil` = nothing.
    package func objection(by rules: AddressRules) -> AddressDenial? {
        let (host, port) = target
        return rules.objection(host: host, port: port)
    }
}
