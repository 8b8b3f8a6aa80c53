// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A key of the issuer that is not used.
struct PassedOverKey: Hashable, Sendable, CustomStringConvertible {
    /// Its place in the key set, from 1.
    let number: Int
    /// `kid`, when it is one that a token may have.
    let id: String?
    let fault: KeyFault

    init(number: Int, _ element: JSONValue, _ fault: KeyFault) {
        self.number = number
        self.fault = fault
        guard case .object(let members) = element, case .string(let id)? = members["kid"],
            (1...TokenHeader.maximumKeyIDLength).contains(id.utf8.count)
        else {
            self.id = nil
            return
        }
        self.id = id
    }

    /// For the log: which key, and why.
    var description: String {
        "key \(number)\(id.map { " (kid \(EscapedText.bare($0)))" } ?? ""): \(fault.rawValue)"
    }
}
