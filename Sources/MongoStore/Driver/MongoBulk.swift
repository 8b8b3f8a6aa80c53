// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

/// Writes that go to the server together and fail independently; owns its `mongoc_bulk_operation_t`.
///
/// The driver's own checks of field names are off: it would refuse what the server stores, such as an empty key.
@safe
struct MongoBulk: ~Copyable {
    private let pointer: OpaquePointer
    private let unchecked: BSONBuffer
    /// How many writes were gathered.
    private(set) var count = 0

    /// The collection may be let go before the bulk.
    init(_ collection: OpaquePointer) throws(StoreError) {
        let options = try BSONBuffer.encoded(["ordered": false])
        unchecked = try BSONBuffer.encoded(["validate": false])
        unsafe pointer = options.withPointer {
            unsafe mongoc_collection_create_bulk_operation_with_opts(collection, $0)
        }
    }

    deinit {
        unsafe mongoc_bulk_operation_destroy(pointer)
    }

    mutating func insert(_ document: borrowing BSONBuffer) throws(StoreError) {
        var error = bson_error_t()
        let isTaken =
            unsafe document.withPointer { document in
                unsafe unchecked.withPointer {
                    unsafe mongoc_bulk_operation_insert_with_opts(pointer, document, $0, &error)
                }
            }
        try note(isTaken, error)
    }

    mutating func updateOne(_ filter: borrowing BSONBuffer, _ update: borrowing BSONBuffer) throws(StoreError) {
        var error = bson_error_t()
        let isTaken =
            unsafe filter.withPointer { filter in
                unsafe update.withPointer { update in
                    unsafe unchecked.withPointer {
                        unsafe mongoc_bulk_operation_update_one_with_opts(pointer, filter, update, $0, &error)
                    }
                }
            }
        try note(isTaken, error)
    }

    /// Makes the document when there is none; the filter's fields become its first.
    mutating func upsertOne(_ filter: borrowing BSONBuffer, _ update: borrowing BSONBuffer) throws(StoreError) {
        let options = try BSONBuffer.encoded(["upsert": true])
        var error = bson_error_t()
        let isTaken =
            unsafe filter.withPointer { filter in
                unsafe update.withPointer { update in
                    unsafe options.withPointer {
                        unsafe mongoc_bulk_operation_update_one_with_opts(pointer, filter, update, $0, &error)
                    }
                }
            }
        try note(isTaken, error)
    }

    mutating func updateMany(_ filter: borrowing BSONBuffer, _ update: borrowing BSONBuffer) throws(StoreError) {
        var error = bson_error_t()
        let isTaken =
            unsafe filter.withPointer { filter in
                unsafe update.withPointer { update in
                    unsafe unchecked.withPointer {
                        unsafe mongoc_bulk_operation_update_many_with_opts(pointer, filter, update, $0, &error)
                    }
                }
            }
        try note(isTaken, error)
    }

    mutating func deleteOne(_ filter: borrowing BSONBuffer) throws(StoreError) {
        var error = bson_error_t()
        let isTaken =
            unsafe filter.withPointer { unsafe mongoc_bulk_operation_remove_one_with_opts(pointer, $0, nil, &error) }
        try note(isTaken, error)
    }

    mutating func deleteMany(_ filter: borrowing BSONBuffer) throws(StoreError) {
        var error = bson_error_t()
        let isTaken =
            unsafe filter.withPointer { unsafe mongoc_bulk_operation_remove_many_with_opts(pointer, $0, nil, &error) }
        try note(isTaken, error)
    }

    /// Sends everything; returns normally even when the server refused some of the writes for themselves.
    ///
    /// - Throws: when the effect of some writes is not known.
    consuming func execute(doing operation: String) throws(StoreError) -> BulkReport {
        guard count > 0 else { return BulkReport([:]) }
        let reply = CScratch.document()
        var error = bson_error_t()
        let server = unsafe mongoc_bulk_operation_execute(pointer, reply.pointer, &error)
        defer { unsafe bson_destroy(reply.pointer) }
        let report = BulkReport(unsafe BSONReader(reply.pointer).fields())
        if let trouble = report.writeConcernTrouble {
            throw StoreError(.unavailable, "\(operation): not confirmed by a majority: \(trouble)")
        }
        guard server == 0 else { return report }
        let isMarked = unsafe StoreError.isMarkedRetriable(reply.pointer)
        let isOfSingleWrites = report.failures.values.contains { $0.code == error.code }
        guard isOfSingleWrites, !isMarked, !report.failures.values.contains(where: \.mayPass) else {
            throw StoreError(
                error, doing: operation,
                isMarkedRetriable: isMarked || report.failures.values.contains(where: \.mayPass))
        }
        return report
    }

    private mutating func note(_ isTaken: Bool, _ error: bson_error_t) throws(StoreError) {
        guard isTaken else { throw StoreError(error, doing: "preparing a write") }
        count += 1
    }
}
