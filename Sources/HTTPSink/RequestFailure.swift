// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard
private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
private import NIOHTTP2
private import NIOPosix
private import Shared

/// What went wrong with a request, for the `error` of its run.
enum RequestFailure {
    /// One line, without anything of the request but its host.
    static func line(_ error: any Error) -> String {
        switch error {
        case let error as AddressDenial: return error.description
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return line(failure.error) }
            return "name not found: \(EscapedText.bare(error.host))"
        case let error as IOError:
            return systemErrors[error.errnoCode] ?? "the connection failed: errno \(error.errnoCode)"
        case let error as HTTPClientError:
            switch error {
            case .remoteConnectionClosed, .cancelled: return closed
            case .connectTimeout: return "no answer to the connection"
            case .invalidURL, .emptyHost, .emptyScheme: return unusable
            case .proxyAuthenticationRequired: return "the proxy asks for other credentials"
            case .invalidProxyResponse: return "the proxy does not let us through"
            default: return error.shortDescription
            }
        case let error as HTTPParserError:
            return error == .invalidEOFState ? closed : "the answer is not HTTP as it should be"
        case is ChannelError: return closed
        case let error as NIOHTTP2Errors.StreamError: return line(error.baseError)
        case is any NIOHTTP2Error: return isClosed(error) ? closed : "the answer is not HTTP as it should be"
        default: return tls(error)
        }
    }

    /// Whether nothing could be reached at an address, so that another may be tried.
    static func isUnreachable(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError: [101, 110, 111, 113].contains(error.errnoCode)
        case let error as HTTPClientError: error == .connectTimeout
        default: false
        }
    }

    /// Whether the other side has surely not begun to work on it: its connection over HTTP/2 was on its way out, or it was refused.
    static func isUnprocessed(_ error: any Error) -> Bool {
        switch error {
        case is NIOHTTP2Errors.NoSuchStream, is NIOHTTP2Errors.CreatedStreamAfterGoaway: true
        case let error as NIOHTTP2Errors.StreamClosed: error.errorCode == .refusedStream
        default: false
        }
    }

    /// Whether the other side has closed the connection without a word.
    static func isClosed(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError: [32, 104].contains(error.errnoCode)
        // The second of a connection of HTTP/2 that is on its way out.
        case let error as HTTPClientError: error == .remoteConnectionClosed || error == .cancelled
        case let error as HTTPParserError: error == .invalidEOFState
        case is ChannelError: true
        case is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.NoSuchStream, is NIOHTTP2Errors.IOOnClosedConnection,
            is NIOHTTP2Errors.CreatedStreamAfterGoaway:
            true
        default: false
        }
    }

    static let unusable = "the URL cannot be used"
    private static let closed = "the connection was closed before the whole answer was there"

    private static let systemErrors: [Int32: String] = [
        32: "the connection was broken off", 101: "network unreachable", 104: "the connection was broken off",
        110: "no answer to the connection", 111: "connection refused", 113: "host unreachable",
    ]

    /// Errors of the TLS library, which is not ours to import: known by their words.
    private static func tls(_ error: any Error) -> String {
        let text = "\(error)"
        if ["CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "CERTIFICATE_EXPIRED", "UNSUPPORTED_CERTIFICATE"]
            .contains(where: { text.contains("ALERT_\($0)") })
        {
            return "certificate: the receiver does not accept ours"
        }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "certificate: nobody who is trusted vouches for it" }
        if text.contains("failedToValidateHostname") { return "certificate: is for another host" }
        if text.contains("handshakeFailed") || text.contains("SSL") { return "TLS: the handshake failed" }
        return EscapedText.bare(String(text.prefix(200)))
    }
}
