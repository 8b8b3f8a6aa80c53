// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A part of a list.
package struct Page<Element: Sendable>: Sendable {
    /// What is on it, in the order of the list.
    package var elements: [Element]
    /// Whether more follows.
    package var hasMore: Bool

    package init(_ elements: [Element], hasMore: Bool = false) {
        self.elements = elements
        self.hasMore = hasMore
    }
}
