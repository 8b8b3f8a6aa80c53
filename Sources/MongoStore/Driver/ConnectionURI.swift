// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

/// A parsed connection string with our defaults where it says nothing; owns its `mongoc_uri_t`.
@safe
struct ConnectionURI: ~Copyable {
    private let pointer: OpaquePointer

    /// Time limits in milliseconds, and sizes, for options that the operator left out.
    ///
    /// The driver's own (a socket that
    /// waits 300 s) would let one frozen primary hold every thread.
    static let defaults: [(option: String, value: Int32)] = [
        ("sockettimeoutms", 10_000), ("connecttimeoutms", 3_000), ("serverselectiontimeoutms", 15_000),
        ("waitqueuetimeoutms", 2_000), ("maxpoolsize", 16),
    ]
    /// The same for a program whose callers wait for each answer.
    static let failFastDefaults: [(option: String, value: Int32)] = [
        ("sockettimeoutms", 4_000), ("connecttimeoutms", 2_000), ("serverselectiontimeoutms", 2_000),
        ("waitqueuetimeoutms", 1_000), ("maxpoolsize", 32),
    ]

    /// - Throws: a rejection that never repeats the text, which may hold credentials.
    ///
    /// The server shows `applicationName` of each connection, unless the operator wrote another `appName`.
    init(
        _ text: String, applicationName: String = "simple-scheduler",
        defaults: [(option: String, value: Int32)] = Self.defaults
    ) throws(StoreError) {
        let address: MongoAddress
        do { address = try MongoAddress(text) } catch {
            throw StoreError(.rejected, "the connection string is not valid; expected \(error.description)")
        }
        var error = bson_error_t()
        let parsed = unsafe MongoRuntime.guardingSecrets {
            unsafe mongoc_uri_new_with_error(address.secretText, &error)
        }
        guard let parsed = unsafe parsed else {
            throw StoreError(.rejected, Self.complaint(about: address.secretText, error))
        }
        unsafe pointer = parsed
        for (option, value) in defaults where unsafe !mongoc_uri_has_option(pointer, option) {
            unsafe mongoc_uri_set_option_as_int32(pointer, option, value)
        }
        if unsafe !mongoc_uri_has_option(pointer, "serverselectiontryonce") {
            unsafe mongoc_uri_set_option_as_bool(pointer, "serverselectiontryonce", false)
        }
        if unsafe !mongoc_uri_has_option(pointer, "appname") {
            unsafe mongoc_uri_set_appname(pointer, applicationName)
        }
        setConcerns()
    }

    deinit {
        unsafe mongoc_uri_destroy(pointer)
    }

    /// The most connections that the pool will open.
    var maximumPoolSize: Int { Int(unsafe mongoc_uri_get_option_as_int32(pointer, "maxpoolsize", 16)) }

    /// Lends the parsed form; the pointer must not leave `body`.
    borrowing func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        unsafe body(pointer)
    }

    /// Makes every write a majority's: a decision must survive a failover.
    ///
    /// Reads are the primary's newest, as the driver has it where nothing else is said, and ``MongoAddress`` has taken out
    /// what says it.
    private borrowing func setConcerns() {
        let concern = unsafe mongoc_write_concern_copy(mongoc_uri_get_write_concern(pointer))
        defer { unsafe mongoc_write_concern_destroy(concern) }
        unsafe mongoc_write_concern_set_wmajority(concern, 10_000)
        unsafe mongoc_uri_set_write_concern(pointer, concern)
    }

    /// What ``MongoAddress`` lets pass and the driver refuses; its words are told only where they cannot hold a secret.
    private static func complaint(about text: String, _ error: bson_error_t) -> String {
        let general =
            "the connection string is not valid; expected mongodb://[user:password@]host[:port]/[?options], or "
            + "mongodb+srv:// with a name of three parts or more"
        let mayHoldSecrets = ["@", "password", "token"].contains { text.lowercased().contains($0) }
        let detail = StoreError.text(of: error)
        return mayHoldSecrets || detail.isEmpty ? general : "\(general) (\(detail))"
    }
}
