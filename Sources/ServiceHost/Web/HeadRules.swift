// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import NIOHTTP1

/// What a request's head says about its connection, once it was found to keep the rules that the decoder leaves to us.
struct HeadRules: Hashable {
    /// Whether the connection may stay open after the answer.
    let isKeptAlive: Bool
    /// Whether the client holds the body back until it is told to send it.
    let isWaiting: Bool

    /// Checks a head, and brings its target and its `Host` into the form that all else expects: a path, with a query
    /// perhaps (or `*`), and the host that is meant.
    ///
    /// - Throws: the refusal, by RFC 9110 and RFC 9112.
    init(of head: inout HTTPRequestHead) throws(Refusal) {
        let isOld = head.version == .http1_0
        // The decoder takes what follows an upgrade for another protocol, and we upgrade to none (RFC 9110, 7.8).
        let isUpgrade = !Self.list("Upgrade", of: head).isEmpty
        // The decoder overlooks options with a tab after them.
        isKeptAlive = head.isKeepAlive && !isUpgrade && !Self.list("Connection", of: head).contains("close")
        try Self.checkHost(head, isOld: isOld)
        guard head.method != .CONNECT else { throw Refusal(.notImplemented, "this is no proxy: there is no CONNECT") }
        let target = try RequestTarget(head.uri, isOptions: head.method == .OPTIONS)
        head.uri = target.path
        // RFC 9112, section 3.2.2: the target's host counts.
        if let host = target.host { head.headers.replaceOrAdd(name: "Host", value: host) }
        try Self.checkCoding(head, isOld: isOld)
        isWaiting = try Self.expectation(head, isOld: isOld)
    }

    /// RFC 9112, section 3.2: one valid `Host`, which only HTTP/1.0 may leave out.
    private static func checkHost(_ head: HTTPRequestHead, isOld: Bool) throws(Refusal) {
        let hosts = head.headers["Host"]
        guard hosts.count < 2 else { throw Refusal(.badRequest, "there is more than one Host header") }
        guard let host = hosts.first?.trimmed else {
            if isOld { return }
            throw Refusal(.badRequest, "the header Host is missing")
        }
        guard host.isEmpty ? isOld : RequestTarget.isHost(host) else {
            throw Refusal(.badRequest, "the header Host is not host or host:port")
        }
    }

    /// RFC 9112, sections 6.1 and 6.3: `chunked`, once, is what we can undo, and HTTP/1.0 has none of it.
    private static func checkCoding(_ head: HTTPRequestHead, isOld: Bool) throws(Refusal) {
        guard head.headers.contains(name: "Transfer-Encoding") else { return }
        guard !isOld else { throw Refusal(.badRequest, "HTTP/1.0 has no Transfer-Encoding") }
        let codings = list("Transfer-Encoding", of: head)
        if codings == ["chunked"] { return }
        guard let last = codings.last, !codings.dropLast().contains("chunked"), !last.hasPrefix("chunked;") else {
            throw Refusal(.badRequest, "Transfer-Encoding must name chunked once, and last")
        }
        throw Refusal(.notImplemented, "the only transfer coding that is taken is chunked")
    }

    /// RFC 9110, section 10.1.1: HTTP/1.0 expects nothing; one expectation is known.
    private static func expectation(_ head: HTTPRequestHead, isOld: Bool) throws(Refusal) -> Bool {
        let expectations = list("Expect", of: head)
        guard !isOld, !expectations.isEmpty else { return false }
        guard expectations.allSatisfy({ $0 == "100-continue" }) else {
            throw Refusal(.expectationFailed, "the only expectation that is met is 100-continue")
        }
        return true
    }

    /// The elements of a list, in lower case, without empty ones (RFC 9110, section 5.6.1).
    private static func list(_ name: String, of head: HTTPRequestHead) -> [String] {
        head.headers[canonicalForm: name].map { $0.lowercased() }.filter { !$0.isEmpty }
    }
}

extension String {
    fileprivate var trimmed: Substring {
        var text = self[...]
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text.drop { $0 == " " || $0 == "\t" }
    }
}
