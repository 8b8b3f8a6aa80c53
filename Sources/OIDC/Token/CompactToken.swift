// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A token in compact form, taken apart and known to be written in the one way there is; nothing is verified.
struct CompactToken: Sendable {
    /// The longest token that is looked at, in bytes; libjwt 1.10 copies a token onto the stack.
    static let maximumLength = 16 * 1024

    /// The whole token.
    let text: [UInt8]
    let header: TokenHeader
    let payload: [UInt8]
    let signature: [UInt8]
    /// The length of the signed part at the start of ``text``.
    private let signedLength: Int

    /// What the signature is over: header, dot, payload.
    var signedText: ArraySlice<UInt8> { text[..<signedLength] }

    init(_ token: String) throws(TokenError) {
        guard token.utf8.count <= Self.maximumLength else {
            throw .malformed("it is longer than \(Self.maximumLength) bytes")
        }
        text = Array(token.utf8)
        let segments = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // RFC 7516, section 3.1.
        if segments.count == 5 { throw .encrypted }
        guard segments.count == 3 else { throw .opaque }
        guard segments.allSatisfy({ !$0.isEmpty }) else { throw .malformed("a segment is empty") }
        guard let header = Base64URL.decode(segments[0]), let payload = Base64URL.decode(segments[1]),
            let signature = Base64URL.decode(segments[2])
        else { throw .malformed("a segment is not strict base64url") }
        self.header = try TokenHeader(header)
        self.payload = payload
        self.signature = signature
        signedLength = segments[1].endIndex
    }
}
