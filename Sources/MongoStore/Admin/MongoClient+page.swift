// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Decides when a page is full: by count, and by bytes so that large payloads do not fill the memory.
private struct PageRoom {
    /// About how many bytes of documents go onto one page.
    private static let pageSize = 4 << 20

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
    var isFull: Bool { count > 1 && byteCount >= Self.pageSize }

    /// The page without the element that only shows that more follows.
    func page<Element>(_ elements: [Element]) -> Page<Element> {
        let hasMore = elements.count > limit || isFull
        return Page(hasMore ? Array(elements.dropLast()) : elements, hasMore: hasMore)
    }
}

extension MongoClient {
    /// One page of a list, of what `decode` understands.
    ///
    /// By `index`, where one is named: it may be gone, with the collection perhaps, and then `orElse` is better than
    /// nothing, or whatever the server takes.
    func page<Element>(
        of collection: String, _ filter: BSONFields, options: BSONFields, index: String?, orElse: String? = nil,
        limit: Int, decode: (borrowing BSONReader) -> Element?
    ) throws(StoreError) -> Page<Element> {
        func page(by hint: String?) throws(StoreError) -> Page<Element> {
            var room = PageRoom(limit: limit)
            var options = options
            options.append("hint", ifPresent: hint.map { .string($0) })
            let elements = try find(
                in: collection, filter, options: options, limit: limit + 1, isEnough: { room.isFull }
            ) { reader -> Element? in
                let byteCount = reader.byteCount
                guard let element = decode(reader) else { return nil }
                room.take(byteCount)
                return element
            }
            return room.page(elements)
        }
        do throws(StoreError) {
            return try page(by: index)
        } catch {
            guard index != nil, error.code == .rejected else { throw error }
            return try page(by: orElse)
        }
    }
}
