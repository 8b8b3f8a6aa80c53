// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension String {
    /// The first so many Unicode scalars.
    ///
    /// Not characters: one of those can have any number of bytes.
    package func cut(to count: Int) -> String {
        utf8.count <= count ? self : String(unicodeScalars.prefix(count))
    }
}
