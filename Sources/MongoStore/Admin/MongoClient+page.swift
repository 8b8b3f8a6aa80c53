// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

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
