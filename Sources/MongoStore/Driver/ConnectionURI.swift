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
    static let hastyDefaults: [(option: String, value: Int32)] = [
        ("sockettimeoutms", 4_000), ("connecttimeoutms", 2_000), ("serverselectiontimeoutms", 2_000),
        ("waitqueuetimeoutms", 1_000), ("maxpoolsize", 32),
    ]

    /// - Throws: a rejection that never repeats the text, which may hold credentials.
    init(_ text: String, defaults: [(option: String, value: Int32)] = Self.defaults) throws(StoreError) {
        var error = bson_error_t()
        guard !text.utf8.contains(0) else { throw StoreError(.rejected, Self.complaint(about: text, error)) }
        let parsed = unsafe MongoRuntime.guardingSecrets { unsafe mongoc_uri_new_with_error(text, &error) }
        guard let parsed = unsafe parsed else {
            throw StoreError(.rejected, Self.complaint(about: text, error))
        }
        unsafe pointer = parsed
        for (option, value) in defaults where unsafe !mongoc_uri_has_option(pointer, option) {
            unsafe mongoc_uri_set_option_as_int32(pointer, option, value)
        }
        if unsafe !mongoc_uri_has_option(pointer, "serverselectiontryonce") {
            unsafe mongoc_uri_set_option_as_bool(pointer, "serverselectiontryonce", false)
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

    /// Makes every write a majority's and every read the primary's, whatever the operator wrote.
    ///
    /// A decision must survive a failover and be made on the newest data. `journal` and the like are kept.
    private borrowing func setConcerns() {
        let concern = unsafe mongoc_write_concern_copy(mongoc_uri_get_write_concern(pointer))
        defer { unsafe mongoc_write_concern_destroy(concern) }
        unsafe mongoc_write_concern_set_wmajority(concern, 10_000)
        unsafe mongoc_uri_set_write_concern(pointer, concern)
        let preference = unsafe mongoc_read_prefs_new(MONGOC_READ_PRIMARY)
        defer { unsafe mongoc_read_prefs_destroy(preference) }
        unsafe mongoc_uri_set_read_prefs_t(pointer, preference)
    }

    private static func complaint(about text: String, _ error: bson_error_t) -> String {
        let general = "the connection string is not valid; expected mongodb://[user:password@]host[:port][/][?options]"
        let mayHoldSecrets = ["@", "password", "token"].contains { text.lowercased().contains($0) }
        guard !mayHoldSecrets else { return general + " with special characters of user and password as %XX" }
        let detail = StoreError.text(of: error)
        return detail.isEmpty ? general : "\(general) (\(detail))"
    }
}
