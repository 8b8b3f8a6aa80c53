// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The statuses of answers as values of a metric's label.
enum StatusLabel: String, CaseIterable, Sendable {
    case ok = "200"
    case created = "201"
    case accepted = "202"
    case noContent = "204"
    case notModified = "304"
    case badRequest = "400"
    case unauthorized = "401"
    case forbidden = "403"
    case notFound = "404"
    case methodNotAllowed = "405"
    case conflict = "409"
    case preconditionFailed = "412"
    case contentTooLarge = "413"
    case unsupportedMediaType = "415"
    case unprocessableContent = "422"
    case tooManyRequests = "429"
    case internalServerError = "500"
    case serviceUnavailable = "503"
    /// Any that is none of the above.
    case other

    init(_ code: Int) {
        self = StatusLabel(rawValue: "\(code)") ?? .other
    }
}
