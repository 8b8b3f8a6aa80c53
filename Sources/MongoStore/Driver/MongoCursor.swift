// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

/// The answer to one query, read on the thread that asked; owns its `mongoc_cursor_t`.
@safe
struct MongoCursor: ~Copyable {
    private let pointer: OpaquePointer

    init(find filter: BSONFields, options: BSONFields, in collection: OpaquePointer) throws(StoreError) {
        let filter = try BSONBuffer.encoded(filter)
        let options = try BSONBuffer.encoded(options)
        unsafe pointer = filter.withPointer { filter in
            unsafe options.withPointer { unsafe mongoc_collection_find_with_opts(collection, filter, $0, nil) }
        }
    }

    init(aggregate pipeline: [BSONFields], options: BSONFields, in collection: OpaquePointer) throws(StoreError) {
        let pipeline = try BSONBuffer.encoded(pipeline: pipeline)
        let options = try BSONBuffer.encoded(options)
        unsafe pointer = pipeline.withPointer { pipeline in
            unsafe options.withPointer {
                unsafe mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, pipeline, $0, nil)
            }
        }
    }

    deinit {
        unsafe mongoc_cursor_destroy(pointer)
    }

    /// Reads until `limit` documents were understood, `isEnough` says so, or none is left; ends the cursor on the
    /// server either way.
    consuming func drain<Element>(
        limit: Int, doing operation: String, isEnough: () -> Bool = { false },
        decode: (borrowing BSONReader) -> Element?
    ) throws(StoreError) -> [Element] {
        var elements: [Element] = []
        var document: OpaquePointer?
        while elements.count < limit, !isEnough(), unsafe mongoc_cursor_next(pointer, &document) {
            guard let document = unsafe document else { continue }
            if let element = decode(unsafe BSONReader(document)) { elements.append(element) }
        }
        var error = bson_error_t()
        var reply: OpaquePointer?
        if unsafe mongoc_cursor_error_document(pointer, &error, &reply) {
            throw StoreError(
                error, doing: operation, isMarkedRetriable: unsafe StoreError.isMarkedRetriable(reply))
        }
        return elements
    }
}
