// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

/// Takes another store's data in, into an empty MongoDB database.
///
/// ``close()`` must be called at the end.
package final class MongoIntake: StoreIntake {
    private let connection: MongoConnection
    private let databaseName: String

    /// Opens no connection yet.
    ///
    /// A connection string or a name that cannot be used is a rejection whose text does not repeat it.
    package init(
        connectionString: String, databaseName: String, applicationName: String, logger: Logger
    ) throws(StoreError) {
        connection = try MongoConnection(
            connectionString: connectionString, databaseName: databaseName, applicationName: applicationName,
            logger: logger)
        self.databaseName = databaseName
    }

    package func look(for source: Identifier) async throws(StoreError) {
        try await connection.run { [databaseName] client throws(StoreError) in
            if let mark = try IntakeMark.read(client) {
                guard mark.copy.source == source else {
                    throw StoreError(
                        .rejected,
                        "the database \(databaseName) holds a copy of other data that is not done: drop it, or name another one"
                    )
                }
                return try Self.checkIsUnused(client, databaseName)
            }
            if let collection = try Self.firstInUse(client) {
                throw StoreError(
                    .rejected,
                    """
                    the database \(databaseName) is not empty, there are documents in its collection \(collection): \
                    name an empty one\(collection == CollectionName.managers ? ", and start Schedulers afterwards" : "")
                    """)
            }
        }
    }

    package func begin(_ copy: StoreCopy) async throws(StoreError) -> [StorePart: StorePosition] {
        try await look(for: copy.source)
        return try await connection.run { client throws(StoreError) in
            let mark = try IntakeMark.read(client)
            if mark == nil {
                try IntakeMark(copy: copy).insert(client)
            } else if mark?.copy != copy {
                for collection in CollectionName.all { try Self.drop(collection, client) }
                try IntakeMark(copy: copy).write(client)
            }
            try RequiredIndex.createAll(client)
            guard let mark, mark.copy == copy else { return [:] }
            for part in StorePart.allCases {
                let last = mark.positions[part].map { Self.key(part, $0.last) }
                let filter: BSONFields = last.map { ["_id": ["$gt": $0]] } ?? [:]
                try client.deleteMany(in: part.collection, filter)
            }
            return mark.positions
        }
    }

    package func take(_ batch: StoreBatch, upTo position: StorePosition) async throws(StoreError) {
        try await connection.run { [databaseName] client throws(StoreError) in
            let documents = batch.documents
            let report = try client.bulkWrite(to: batch.part.collection) { bulk throws(StoreError) in
                for document in documents { try bulk.insert(.encoded(document)) }
            }
            if let (place, failure) = report.failures.first {
                let key = batch.keys.indices.contains(place) ? EscapedText.bare(batch.keys[place]) : "?"
                let element = "\(key) of the \(batch.part.rawValue)"
                throw StoreError(
                    .rejected,
                    failure.code == WriteFailure.duplicateKeyCode
                        ? "somebody else writes into the database \(databaseName): \(element) is there already"
                        : "\(element) cannot be stored: \(failure.reason)")
            }
            try IntakeMark.note(position, of: batch.part, client)
        }
    }

    package func take(_ key: CallbackKey) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in try CallbackKeyDocument.replace(by: key, client) }
    }

    package func checkIsUnused() async throws(StoreError) {
        try await connection.run { [databaseName] client throws(StoreError) in
            try Self.checkIsUnused(client, databaseName)
        }
    }

    package func open(_ copy: StoreCopy) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in try IntakeMark.remove(copy, client) }
    }

    package func close() async {
        await connection.close()
    }

    /// A lease is the sign of a Scheduler that is at work, or died there.
    private static func checkIsUnused(_ client: MongoClient, _ databaseName: String) throws(StoreError) {
        guard try !hasDocuments(CollectionName.managers, client) else {
            throw StoreError(
                .rejected,
                """
                a Scheduler works on the database \(databaseName) already: stop it, empty the collection managers, try \
                again, and start it afterwards
                """)
        }
    }

    /// The name of a collection with documents; `nil` when there is none.
    private static func firstInUse(_ client: MongoClient) throws(StoreError) -> String? {
        let reply = try client.read([
            "listCollections": 1, "nameOnly": true, "authorizedCollections": true,
            "cursor": ["batchSize": 10_000],
        ])
        guard case .document(let cursor)? = reply["cursor"] else { return nil }
        for collection in cursor.documents("firstBatch") {
            guard case .string(let name)? = collection["name"], !name.hasPrefix("system.") else { continue }
            if try hasDocuments(name, client) { return name }
        }
        return nil
    }

    private static func hasDocuments(_ collection: String, _ client: MongoClient) throws(StoreError) -> Bool {
        try !client.find(in: collection, [:], options: ["projection": ["_id": 1]], limit: 1) { _ in true }.isEmpty
    }

    private static func drop(_ collection: String, _ client: MongoClient) throws(StoreError) {
        do {
            _ = try client.write(["drop": .string(collection)])
        } catch {
            // There is none of that name.
            guard error.code == 26 else { throw error.storeError }
        }
    }

    fileprivate static func key(_ part: StorePart, _ text: String) -> BSONValue {
        part == .runs ? Identifier(hex: text).map { .objectID($0) } ?? .string(text) : .string(text)
    }
}

extension StorePart {
    /// Where its documents are.
    fileprivate var collection: String {
        switch self {
        case .deletions: CollectionName.deletions
        case .claims: CollectionName.idempotency
        case .runs: CollectionName.runs
        case .jobs: CollectionName.jobs
        }
    }
}

/// The document that says that the database is being filled, whose copy it is and how far.
///
/// The only one of its collection; written first and removed last. Schedulers and APIs wait while it is there.
struct IntakeMark {
    private static let key: BSONFields = ["_id": "promote"]

    let copy: StoreCopy
    var positions: [StorePart: StorePosition] = [:]

    /// `nil` when there is none.
    static func read(_ client: MongoClient) throws(StoreError) -> IntakeMark? {
        let found = try client.find(in: CollectionName.intake, key, limit: 1) { $0.fields() }.first
        guard let found else { return nil }
        guard case .objectID(let source)? = found["source"], case .objectID(let copy)? = found["copy"] else {
            throw StoreError(.rejected, "the collection \(CollectionName.intake) holds something that is not ours")
        }
        var mark = IntakeMark(copy: StoreCopy(source: source, copy: copy))
        for part in StorePart.allCases {
            guard case .document(let position)? = found[part.rawValue], case .string(let last)? = position["last"],
                let count = position["count"]?.wholeNumber
            else { continue }
            mark.positions[part] = StorePosition(last: last, count: Int(count))
        }
        return mark
    }

    /// That nothing is fired, made or edited before everything is here.
    static func checkIsAbsent(_ client: MongoClient) throws(StoreError) {
        guard try read(client) == nil else {
            throw StoreError(
                .unavailable,
                "simple-scheduler-standalone promote is filling the database; if it has ended, run it again to finish")
        }
    }

    /// - Throws: `rejected` when somebody else was quicker.
    func insert(_ client: MongoClient) throws(StoreError) {
        let report = try client.bulkWrite(to: CollectionName.intake) { bulk throws(StoreError) in
            try bulk.insert(.encoded(document))
        }
        guard report.failures.isEmpty else {
            throw StoreError(.rejected, "somebody else has begun to fill the database in this moment")
        }
    }

    /// In the place of what is there.
    func write(_ client: MongoClient) throws(StoreError) {
        let unset = BSONFields(StorePart.allCases.map { ($0.rawValue, 1) })
        let change: BSONFields = [
            "$set": ["source": .objectID(copy.source), "copy": .objectID(copy.copy)], "$unset": .document(unset),
        ]
        _ = try client.upsertOne(in: CollectionName.intake, Self.key, change)
    }

    static func note(_ position: StorePosition, of part: StorePart, _ client: MongoClient) throws(StoreError) {
        let value: BSONValue = ["last": .string(position.last), "count": .int64(Int64(position.count))]
        let change: BSONFields = ["$set": .document([part.rawValue: value])]
        try client.updateOne(in: CollectionName.intake, key, change)
    }

    /// Gives whether there was one of this copy.
    static func remove(_ copy: StoreCopy, _ client: MongoClient) throws(StoreError) -> Bool {
        var filter = key
        filter.append("copy", .objectID(copy.copy))
        return try client.deleteOne(in: CollectionName.intake, filter).removed == 1
    }

    private var document: BSONFields {
        var document = Self.key
        document.append("source", .objectID(copy.source))
        document.append("copy", .objectID(copy.copy))
        return document
    }
}
