// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// An option of a connection string: what it may be, and what becomes of it.
struct AddressOption: Sendable {
    /// What becomes of an option whose value is legal.
    enum Effect: Sendable {
        /// It means what its documentation says.
        case kept
        /// We decide it, for all programs and whatever the operator wrote, or there is nothing for it to decide; who wrote
        /// another value than `ours` is told.
        case overridden(ours: String?)
        /// One value means what its documentation says, the others are overridden.
        case keptOnly(String)
    }

    /// As its documentation spells it.
    let name: String
    let value: OptionValue
    var effect = Effect.kept
    /// Older names of the same option.
    var otherNames: [String] = []

    /// Kept as it is.
    static func kept(_ name: String, _ value: OptionValue, or otherNames: String...) -> AddressOption {
        AddressOption(name: name, value: value, otherNames: otherNames)
    }

    /// Checked and left out.
    static func overridden(
        _ name: String, _ value: OptionValue, ours: String? = nil, or otherNames: String...
    ) -> AddressOption {
        AddressOption(name: name, value: value, effect: .overridden(ours: ours), otherNames: otherNames)
    }
}
