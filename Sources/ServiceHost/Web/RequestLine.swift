// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import NIOCore
import NIOHTTP1

/// Watches the bytes on their way to the decoder and keeps the request line that it is at, because the decoder's errors
/// do not tell an unknown method from what is no HTTP at all, nor a long target from a long field.
///
/// Of requests that come in one packet only the first line is seen; an error in a later one is worded less precisely.
final class RequestLine: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Whether what still comes is thrown away: the last answer was given.
    var isOver = false
    private let limits: ConnectionLimits
    private var bytes: [UInt8] = []
    private var isWhole = false

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// A request has ended: what comes next begins another one.
    func restart() {
        bytes.removeAll(keepingCapacity: true)
        isWhole = false
    }

    /// Whether it is the line of a `HEAD`, whose answer has no body.
    var isHead: Bool { bytes.starts(with: "HEAD ".utf8) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOver { return }
        if !isWhole { collect(unwrapInboundIn(data).readableBytesView) }
        context.fireChannelRead(data)
    }

    private func collect(_ read: ByteBufferView) {
        // Empty lines before a request line are ignored (RFC 9112, section 2.2).
        let rest = bytes.isEmpty ? read.drop { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") } : read
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        bytes += rest[..<(end ?? rest.endIndex)].prefix(max(0, limits.fieldSize + 1 - bytes.count))
        isWhole = end != nil
    }

    /// What the decoder's error means for whoever sent the request.
    func refusal(for error: HTTPParserError) -> Refusal {
        if case .headerOverflow = error {
            guard bytes.count <= limits.fieldSize else {
                return Refusal(.uriTooLong, "the request's target is longer than \(limits.fieldSize >> 10) KiB")
            }
            return Refusal(
                .requestHeaderFieldsTooLarge,
                "the request's head is larger than \(limits.headSize >> 10) KiB, has a field larger than "
                    + "\(limits.fieldSize >> 10) KiB, or more than \(limits.fieldCount) fields")
        }
        if let words, words.method != "PRI" {
            guard words.version.hasPrefix("1.") else {
                return Refusal(.httpVersionNotSupported, "HTTP/\(words.version) is not spoken here: HTTP/1.1 is")
            }
            if case .invalidMethod = error {
                return Refusal(.notImplemented, "the method \(words.method) is not known; methods are in capitals")
            }
            if case .invalidVersion = error, words.version != "1.1", words.version != "1.0" {
                return Refusal(.httpVersionNotSupported, "HTTP/\(words.version) is not spoken here: HTTP/1.1 is")
            }
        }
        return Refusal(.badRequest, Self.detail(of: error))
    }

    /// The method, and the version without `HTTP/`, of a line that has the form of a request line.
    private var words: (method: String, version: String)? {
        let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[1].isEmpty, (1...32).contains(parts[0].count),
            let method = HTTPRequest.Method(String(decoding: parts[0], as: UTF8.self)),
            parts[2].count == 8, parts[2].starts(with: "HTTP/".utf8)
        else { return nil }
        let version = Array(parts[2].dropFirst(5))
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard digits.contains(version[0]), version[1] == UInt8(ascii: "."), digits.contains(version[2]) else {
            return nil
        }
        return (method.rawValue, String(decoding: version, as: UTF8.self))
    }

    private static func detail(of error: HTTPParserError) -> String {
        switch error {
        case .invalidURL: "the request's target holds what must be percent-encoded, or is not of a form that is taken"
        case .invalidHeaderToken: "a header holds what it must not, or is continued on another line"
        case .invalidContentLength, .unexpectedContentLength:
            "Content-Length must be one whole number, and not stand beside Transfer-Encoding"
        case .invalidChunkSize: "a chunk's size is not a hexadecimal number"
        case .lfExpected, .strictModeAssertion: "a line does not end with CR LF, or a chunk is not as long as it says"
        case .invalidEOFState: "the request did not come to its end"
        default: "this is not an HTTP/1.1 request"
        }
    }
}

@available(*, unavailable)
extension RequestLine: Sendable {}
