// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Decides when a page is full: by count, and by bytes so that large payloads do not fill the memory.
package struct PageRoom: Sendable {
    /// About how many bytes go onto one page.
    private static let mostBytes = 4 << 20

    private let limit: Int
    private var byteCount = 0
    private var count = 0

    /// Room for `limit` elements, and one more that shows whether another page follows.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes in one element's size.
    package mutating func take(_ bytes: Int) {
        byteCount += bytes
        count += 1
    }

    /// Whether nothing more should be read; never before two elements, of which one is shown.
    package var isFull: Bool { count > limit || count > 1 && byteCount >= Self.mostBytes }

    /// The page without the element that only shows that more follows.
    package func page<Element>(_ elements: [Element]) -> Page<Element> {
        Page(isFull ? Array(elements.dropLast()) : elements, hasMore: isFull)
    }
}
