// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard

extension Job {
    /// Whether its runs leave over the message bus, so that there must be one.
    package var needsBus: Bool { delivery.http == nil }

    /// What is said of a job that needs a bus where there is none.
    package static let busIsMissing =
        "needs a message bus, and there is none: set \(SettingName.busConnectionString.rawValue), or choose another delivery"

    /// Why its runs cannot leave; `nil` = nothing that is known without trying stands against it.
    package func deliveryFault(hasBus: Bool, rules: AddressRules) -> FieldFault? {
        if needsBus { return hasBus ? nil : FieldFault("delivery", Self.busIsMissing) }
        return delivery.http?.objection(by: rules).map { FieldFault("delivery.http.url", $0.description) }
    }
}
