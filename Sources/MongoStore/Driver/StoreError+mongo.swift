// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

extension StoreError {
    /// Sorts an error of the driver or the server by what the caller can do about it.
    ///
    /// `isMarkedRetriable` says that the reply carried one of the server's labels for trouble that passes.
    init(_ error: bson_error_t, doing operation: String, isMarkedRetriable: Bool = false) {
        let domain = mongoc_error_domain_t(rawValue: error.domain)
        var code = Self.code(domain: domain, number: error.code)
        if isMarkedRetriable, code != .busy { code = .unavailable }
        self.init(code, "\(operation): \(Self.text(of: error)) (code \(error.code))")
    }

    /// What an error number of the server means for the caller (MongoDB's `error_codes.yml`).
    ///
    /// `busy` is what it says when it has no room in its cache, 365 (`TemporarilyUnavailable`) and 388
    /// (`TransactionTooLargeForCache`), or on its disk, 14031, when writes are blocked, 371, and when somebody stopped the
    /// operation, 11601. Our largest document is small beside any cache, so it is the others' that fill it. A query that
    /// takes too long, 50, would do so again.
    static func code(ofServerError number: UInt32) -> Code {
        switch number {
        case 6, 7, 24, 43, 46, 64, 89, 91, 100, 112, 134, 175, 189, 202, 237, 262, 290, 9001, 10107, 11600,
            11602, 13435, 13436:
            .unavailable
        case 365, 371, 388, 11601, 14031: .busy
        case 11, 13, 18, 8000: .forbidden
        default: .rejected
        }
    }

    private static func code(domain: mongoc_error_domain_t, number: UInt32) -> Code {
        switch domain {
        case MONGOC_ERROR_STREAM, MONGOC_ERROR_WRITE_CONCERN, MONGOC_ERROR_POOL: .unavailable
        case MONGOC_ERROR_SASL, MONGOC_ERROR_SCRAM: .forbidden
        case MONGOC_ERROR_SERVER_SELECTION:
            number == MONGOC_ERROR_SERVER_SELECTION_BAD_WIRE_VERSION.rawValue ? .forbidden : .unavailable
        case MONGOC_ERROR_PROTOCOL:
            number == MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION.rawValue ? .forbidden : .unavailable
        case MONGOC_ERROR_CLIENT:
            switch number {
            case MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue, MONGOC_ERROR_CLIENT_GETNONCE.rawValue: .forbidden
            case MONGOC_ERROR_CLIENT_NOT_READY.rawValue: .unavailable
            default: .rejected
            }
        case MONGOC_ERROR_SERVER, MONGOC_ERROR_QUERY, MONGOC_ERROR_COMMAND, MONGOC_ERROR_CURSOR:
            code(ofServerError: number)
        default: .rejected
        }
    }

    /// The message of an error, copied.
    static func text(of error: bson_error_t) -> String {
        unsafe withUnsafeBytes(of: error.message) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Whether a reply carries one of the server's labels for trouble that passes.
    static func isMarkedRetriable(_ reply: OpaquePointer?) -> Bool {
        guard let reply = unsafe reply else { return false }
        return ["RetryableWriteError", "TransientTransactionError"].contains { (label: String) in
            unsafe mongoc_error_has_label(reply, label)
        }
    }
}
