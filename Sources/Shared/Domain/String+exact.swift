// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension String {
    /// Whether both are the same bytes.
    ///
    /// `==` also holds for texts that only look alike (a Kelvin sign is a `K` to it), which must not do for names that
    /// decide whom to trust.
    package func isSameText(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
