// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension JSONValue {
    /// A span that an issuer tells, such as `expires_in` (RFC 6749, section 5.1), cut to whole seconds; `nil` unless it is
    /// from 1 s to the limit.
    ///
    /// Some providers write fractions, others (Entra's version 1.0) a text of digits.
    func seconds(atMost limit: Int64) -> Duration? {
        let whole: Int64? =
            switch self {
            case .int(let seconds): seconds
            case .double(let seconds): Int64(exactly: seconds.rounded(.down))
            case .string(let digits): Int64(digits)
            default: nil
            }
        return whole.flatMap { (1...limit).contains($0) ? .seconds($0) : nil }
    }
}
