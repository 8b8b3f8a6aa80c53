// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Decides when a page is full: by count, and by bytes so that large payloads do not fill the memory.
struct PageRoom {
    private let limit: Int
    private var byteCount = 0
    private var count = 0

    /// Room for `limit` elements, and one more that shows whether another page follows.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes in one element's size.
    mutating func take(_ bytes: Int) {
        byteCount += bytes
        count += 1
    }

    /// Whether nothing more should be read; never before two elements, of which one is shown.
    var isFull: Bool { count > 1 && byteCount >= MongoAdminStore.pageSize }

    /// The page without the element that only shows that more follows.
    func page<Element>(_ elements: [Element]) -> Page<Element> {
        let hasMore = elements.count > limit || isFull
        return Page(hasMore ? Array(elements.dropLast()) : elements, hasMore: hasMore)
    }
}
