// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging

extension Logger.MetadataValue {
    /// The first ten of some names for ``LogKey/jobs``, each cut to what a legal name may have.
    package static func firstTen(_ names: some Sequence<String>) -> Self {
        .array(names.prefix(10).map { .string(String($0.prefix(128))) })
    }
}
