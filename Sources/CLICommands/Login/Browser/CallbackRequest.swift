// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import NIOCore
import NIOHTTP1

/// A browser that came back and waits for its page.
struct CallbackRequest: Sendable {
    /// What the address said; `nil` when it cannot be read.
    let parameters: [String: String]?
    let channel: any Channel

    /// Shows a page and hangs up.
    func answer(_ page: CallbackPage) async {
        await Self.answer(page, on: channel)
    }

    static func answer(_ page: CallbackPage, on channel: any Channel, withoutBody: Bool = false) async {
        let body = ByteBuffer(string: page.html)
        let headers: HTTPHeaders = [
            "Content-Type": "text/html; charset=utf-8", "Content-Length": "\(body.readableBytes)",
            "Connection": "close", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ]
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: page.status), headers: headers)
        // A browser that has gone is no concern of ours.
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if !withoutBody { channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil) }
        try? await channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
        try? await channel.close().get()
    }
}
