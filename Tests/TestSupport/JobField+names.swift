// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension JobField {
    /// The names of all fields, without that of the name.
    package static let names = Set(allCases.map(\.rawValue))
}
