// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import NIOHTTP1
import Testing

@testable import ServiceHost

/// What the rows of Tests/EndToEnd/test_http_rules.py come to, without a connection.
struct HeadRulesTests {
    private func head(
        _ fields: [(String, String)], _ method: HTTPMethod = .POST, _ target: String = "/a",
        _ version: HTTPVersion = .http1_1
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: target, headers: HTTPHeaders(fields))
    }

    private func refusal(_ head: HTTPRequestHead) -> Int? {
        var head = head
        do {
            _ = try HeadRules(of: &head)
            return nil
        } catch {
            return error.status.code
        }
    }

    @Test(arguments: [
        ("example.com", true), ("example.com:80", true), ("example.com:", true), ("a_b-c.~:65535", true),
        ("[::1]", true), ("[::1]:8080", true), ("127.0.0.1:1", true), (" x\t", true), ("%C3%BC.example", true),
        ("", false), ("a b", false), ("a/b", false), ("user@a", false), ("a:b", false), ("a:65536", false),
        ("a:1:2", false), ("::1", false), ("[::1", false), ("[x]", false), ("[::1]x", false), ("http://a", false),
        ("ü", false), ("%zz", false), (":80", false),
    ])
    func `a host`(_ host: String, _ isValid: Bool) {
        #expect((refusal(head([("Host", host)], .GET, "/", .http1_1)) == nil) == isValid)
    }

    @Test func `one host, which only the old version may leave out`() {
        #expect(refusal(head([])) == 400)
        #expect(refusal(head([], .GET, "/", .http1_0)) == nil)
        #expect(refusal(head([("Host", "")], .GET, "/", .http1_0)) == nil)
        #expect(refusal(head([("Host", "a"), ("host", "a")])) == 400)
        #expect(refusal(head([], .GET, "http://b/", .http1_1)) == 400)
    }

    @Test(
        arguments: [
            ("chunked", nil), ("Chunked ", nil), (",chunked", nil), ("gzip, chunked", 501), ("gzip", 501),
            ("identity", 501),
            ("chunked, chunked", 400), ("chunked, gzip", 400), ("chunked;q=1", 400), ("", 400),
        ] as [(String, Int?)])
    func `transfer codings`(_ value: String, _ status: Int?) {
        #expect(refusal(head([("Host", "a"), ("Transfer-Encoding", value)])) == status)
        #expect(refusal(head([("Transfer-Encoding", value)], .POST, "/", .http1_0)) == 400)
    }

    @Test(
        arguments: [
            ("100-continue", nil), ("100-Continue", nil), ("100-continue, 100-continue", nil), ("", nil), ("x", 417),
            ("100-continue, x", 417), ("100-continue;a=b", 417),
        ] as [(String, Int?)])
    func `expectations`(_ value: String, _ status: Int?) throws {
        #expect(refusal(head([("Host", "a"), ("Expect", value)])) == status)
        var old = head([("Expect", value)], .POST, "/", .http1_0)
        #expect(try HeadRules(of: &old).isWaiting == false)
    }

    @Test(
        arguments: [
            ([], true, false), ([("Connection", "close")], false, false), ([("Connection", "TE, Close")], false, false),
            ([("Connection", "keep-alive")], true, true), ([("Connection", "foo, Keep-Alive")], true, true),
            ([("Connection", "keep-alive, close")], false, false),
            ([("Connection", "Upgrade"), ("Upgrade", "h2c")], false, false),
        ] as [([(String, String)], Bool, Bool)])
    func `when a connection stays open`(_ fields: [(String, String)], _ isKept: Bool, _ isOldKept: Bool) throws {
        var new = head(fields + [("Host", "a")], .GET, "/", .http1_1)
        #expect(try HeadRules(of: &new).isKeptAlive == isKept)
        var old = head(fields, .GET, "/", .http1_0)
        #expect(try HeadRules(of: &old).isKeptAlive == isOldKept)
    }

    @Test(
        arguments: [
            ("/a/b?c", "/a/b?c", nil), ("/%6aobs/%7E%2d%2f%c3%bc?%6a", "/jobs/~-%2F%C3%BC?%6a", nil),
            ("http://b:1/a?c", "/a?c", "b:1"), ("HTTPS://b", "/", "b"), ("http://b?c", "/?c", "b"),
            ("//b/a", "//b/a", nil),
            ("/../a/./b", "/../a/./b", nil),
        ] as [(String, String, String?)])
    func `a target`(_ text: String, _ path: String, _ host: String?) throws {
        let target = try RequestTarget(text, isOptions: false)
        #expect(target.path == path)
        #expect(target.host == host)
    }

    @Test(arguments: [
        "/%", "/%0", "/%zz", "/%00", "/%ff", "*", "/a#b", "ftp://a/b", "http:///a", "http://u@a/", "http://a b/", "a/b",
        "",
        "http://a:b/",
    ])
    func `what is no target`(_ text: String) {
        #expect(throws: Refusal.self) { try RequestTarget(text, isOptions: false) }
    }

    @Test func `what all the server can`() throws {
        #expect(try RequestTarget("*", isOptions: true).path == "*")
        #expect(try RequestTarget("http://a", isOptions: true).path == "*")
        #expect(refusal(head([("Host", "a")], .CONNECT, "a:1", .http1_1)) == 501)
    }

    @Test func `the host of the target counts`() throws {
        var head = head([("Host", "a")], .GET, "http://b/", .http1_1)
        _ = try HeadRules(of: &head)
        #expect(head.headers["Host"] == ["b"])
    }

    @Test func `a date`() throws {
        #expect(
            try #/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT/#.wholeMatch(in: HTTPDate.now()) != nil)
    }
}
