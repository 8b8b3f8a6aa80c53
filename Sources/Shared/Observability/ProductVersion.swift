// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The version of all programs of this repository, as in CHANGELOG.md.
package enum ProductVersion {
    /// Semantic version.
    package static let text = "0.1.0"
}
