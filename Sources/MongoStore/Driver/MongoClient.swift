// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
package import Shared

/// One connection, lent by ``MongoClientPool`` for one operation; owns nothing, and must not be kept.
///
/// Not `~Copyable`: the optimizer of Swift 6.3.1 crashes on specializing the generic scope that lends it
/// ("forwardToInit" in `GenericSpecializer`). It is not `Sendable`, so it cannot leave the operation's thread.
@safe
package struct MongoClient {
    /// How long the server may work on one read; below the default limit of the socket, so that the server stops first.
    static let maximumReadMilliseconds: Int32 = 8_000

    private let pointer: OpaquePointer
    let databaseName: String

    init(_ pointer: OpaquePointer, databaseName: String) {
        unsafe self.pointer = pointer
        self.databaseName = databaseName
    }

    /// Runs a command that reads, on the primary.
    package func read(_ command: BSONFields, on database: String? = nil) throws(StoreError) -> BSONFields {
        do {
            return try unsafe reply(to: command) { command, reply, error in
                unsafe mongoc_client_read_command_with_opts(
                    pointer, database ?? databaseName, command, nil, nil, reply, error)
            }
        } catch {
            throw error.storeError
        }
    }

    /// The server's clock now, in whole milliseconds.
    func serverTime() throws(StoreError) -> Timestamp {
        guard case .date(let time) = try read(["hello": 1], on: "admin")["localTime"] else {
            throw StoreError(.forbidden, "the server does not tell its time: MongoDB 4.4.2 or newer is needed")
        }
        return time
    }

    /// Runs a command that writes, with the write concern of the connection.
    package func write(_ command: BSONFields) throws(DriverFailure) -> BSONFields {
        try unsafe reply(to: command) { command, reply, error in
            unsafe mongoc_client_write_command_with_opts(pointer, databaseName, command, nil, reply, error)
        }
    }

    /// Up to `limit` documents that `decode` understands; it returns `nil` for the others.
    ///
    /// Stops before the next document once `isEnough` says so.
    func find<Element>(
        in collection: String, _ filter: BSONFields, options: BSONFields = [:], limit: Int = .max,
        isEnough: () -> Bool = { false }, decode: (borrowing BSONReader) -> Element?
    ) throws(StoreError) -> [Element] {
        guard limit > 0 else { return [] }
        var options = options
        options.append("maxTimeMS", .int32(Self.maximumReadMilliseconds))
        if limit < Int32.max { options.append("batchSize", .int32(Int32(limit))) }
        let cursor = try unsafe withCollection(collection) { collection throws(StoreError) in
            try unsafe MongoCursor(find: filter, options: options, in: collection)
        }
        return try cursor.drain(limit: limit, doing: "reading \(collection)", isEnough: isEnough, decode: decode)
    }

    /// What an aggregation gives, as far as `decode` understands it.
    func aggregate<Element>(
        _ pipeline: [BSONFields], in collection: String, decode: (borrowing BSONReader) -> Element?
    ) throws(StoreError) -> [Element] {
        let cursor = try unsafe withCollection(collection) { collection throws(StoreError) in
            try unsafe MongoCursor(
                aggregate: pipeline, options: ["maxTimeMS": .int32(Self.maximumReadMilliseconds)], in: collection)
        }
        return try cursor.drain(limit: .max, doing: "counting \(collection)", decode: decode)
    }

    /// Gathers writes in one unordered bulk and sends it.
    func bulkWrite(
        to collection: String, _ fill: (inout MongoBulk) throws(StoreError) -> Void
    ) throws(StoreError) -> BulkReport {
        try unsafe withCollection(collection) { pointer throws(StoreError) in
            var bulk = try unsafe MongoBulk(pointer)
            try fill(&bulk)
            return try bulk.execute(doing: "writing \(collection)")
        }
    }

    /// One update of the document that matches.
    @discardableResult
    func updateOne(
        in collection: String, _ filter: BSONFields, _ change: BSONFields
    ) throws(StoreError) -> BulkReport {
        try bulkWrite(to: collection) { bulk throws(StoreError) in
            try bulk.updateOne(.encoded(filter), .encoded(change))
        }
    }

    /// One update of all documents that match.
    @discardableResult
    func updateMany(
        in collection: String, _ filter: BSONFields, _ change: BSONFields
    ) throws(StoreError) -> BulkReport {
        try bulkWrite(to: collection) { bulk throws(StoreError) in
            try bulk.updateMany(.encoded(filter), .encoded(change))
        }
    }

    /// One update that makes the document when there is none; a refusal is in the report.
    func upsertOne(
        in collection: String, _ filter: BSONFields, _ change: BSONFields
    ) throws(StoreError) -> BulkReport {
        try bulkWrite(to: collection) { bulk throws(StoreError) in
            try bulk.upsertOne(.encoded(filter), .encoded(change))
        }
    }

    /// Deletes the document that matches.
    @discardableResult
    func deleteOne(in collection: String, _ filter: BSONFields) throws(StoreError) -> BulkReport {
        try bulkWrite(to: collection) { bulk throws(StoreError) in try bulk.deleteOne(.encoded(filter)) }
    }

    /// Deletes all documents that match.
    @discardableResult
    func deleteMany(in collection: String, _ filter: BSONFields) throws(StoreError) -> BulkReport {
        try bulkWrite(to: collection) { bulk throws(StoreError) in try bulk.deleteMany(.encoded(filter)) }
    }

    private func reply(
        to command: BSONFields,
        _ run: (OpaquePointer, OpaquePointer, UnsafeMutablePointer<bson_error_t>) -> Bool
    ) throws(DriverFailure) -> BSONFields {
        let buffer: BSONBuffer
        do { buffer = try BSONBuffer.encoded(command) } catch { throw DriverFailure(code: 0, storeError: error) }
        let reply = CScratch.document()
        var error = bson_error_t()
        let isDone = unsafe buffer.withPointer { unsafe run($0, reply.pointer, &error) }
        defer { unsafe bson_destroy(reply.pointer) }
        guard isDone else {
            let storeError = StoreError(
                error, doing: command.elements.first?.name ?? "command",
                isMarkedRetriable: unsafe StoreError.isMarkedRetriable(reply.pointer))
            throw DriverFailure(code: error.code, storeError: storeError)
        }
        return unsafe BSONReader(reply.pointer).fields()
    }

    private func withCollection<Result: ~Copyable>(
        _ name: String, _ body: (OpaquePointer) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let collection = unsafe mongoc_client_get_collection(pointer, databaseName, name)
        defer { unsafe mongoc_collection_destroy(collection) }
        guard let collection = unsafe collection else { throw StoreError(.rejected, "no handle for \(name)") }
        return try unsafe body(collection)
    }
}

/// A failed command with the server's number, for those who must tell one from another.
package struct DriverFailure: Error {
    /// As in MongoDB's list of error codes; means nothing when the driver itself failed.
    let code: UInt32
    /// The same in the words of the port.
    package let storeError: StoreError
}
