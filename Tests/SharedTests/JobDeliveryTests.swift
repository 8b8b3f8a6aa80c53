// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct JobDeliveryTests {
    private func read(
        _ json: String, from origin: JobReader.Origin = .json, payload: JSONValue? = nil
    ) throws -> (job: Job?, faults: [String]) {
        var reader = JobReader(from: origin)
        reader.read(.delivery, .json(try JSONReader.read(Array(json.utf8))))
        if let payload { reader.read(.payload, .json(payload)) }
        reader.read(.enabled, .json(.bool(true)))
        let job = reader.finish(try JobName("a"))
        return (job, reader.faults.map(\.description))
    }

    @Test func `a delivery is read and written`() throws {
        #expect(try read(#"{"worker": {}}"#).job?.delivery == .worker)
        let pooled = try #require(try read(#"{"worker": {"pool": "tenants.eu-1"}}"#).job)
        #expect(pooled.delivery == .pool(try PoolName("tenants.eu-1")) && pooled.delivery.isWorker && pooled.needsBus)
        #expect(pooled.delivery.json == (try JSONReader.read(Array(#"{"worker":{"pool":"tenants.eu-1"}}"#.utf8))))
        let bare = try read(#"{"http": {"url": "https://example.com"}}"#).job?.delivery.http
        #expect(bare == HTTPDelivery(url: "https://example.com"))
        #expect(bare?.method == .post && bare?.timeout == .seconds(30))
        let full =
            #"{"http":{"headers":{"X-A":"b \t c"},"method":"PUT","timeout":600000,"url":"http://[::1]:8080/a?b=c"}}"#
        let job = try #require(try read(full).job)
        let json = try #require(job.jsonFields.first { $0.field == .delivery }?.value)
        #expect(json == (try JSONReader.read(Array(full.utf8))))
        #expect(try read(full).job == job)
        // The default is shown only where it was stated.
        #expect(Job.blank.jsonFields.allSatisfy { $0.field != .delivery })
        #expect(try read(#"{"worker": {}}"#).job?.jsonFields.contains { $0.field == .delivery } == true)
    }

    @Test func `in a document what is null is as if it were not there`() throws {
        let parts =
            #"{"worker": null, "http": {"url": "http://h", "method": null, "headers": {"A": null}, "timeout": null}}"#
        #expect(try read(parts, from: .document).job?.delivery == .http(HTTPDelivery(url: "http://h")))
        #expect(try read(parts).faults.count == 1)
    }

    @Test(arguments: [
        ("1", "delivery: found 1, expected an object with worker, http or amqp"),
        ("{}", "delivery: has no way; expected one of worker, http, amqp"),
        (
            #"{"worker": {}, "http": {"url": "http://h"}}"#,
            "delivery: has more than one way; expected one of worker, http, amqp"
        ),
        (#"{"webhook": {}}"#, "delivery.webhook: is not one of worker, http, amqp"),
        (#"{"kafka": {}}"#, "delivery.kafka: is not there yet; expected worker, http or amqp"),
        (#"{"worker": {"pool": 5}}"#, "delivery.worker.pool: found 5, expected a string"),
        (#"{"worker": {"pool": null}}"#, "delivery.worker.pool: found null, expected a string"),
        (#"{"worker": {"pool": ""}}"#, "delivery.worker.pool: must have 1 to 128 characters"),
        (#"{"worker": {"pool": "a b"}}"#, "delivery.worker.pool: may hold only A-Z a-z 0-9 . _ -"),
        (#"{"worker": {"pool": "a.status"}}"#, "delivery.worker.pool: must not end in .status"),
        (#"{"worker": {"pools": "p"}}"#, "delivery.worker.pools: is not known; expected pool"),
        (#"{"worker": "p"}"#, "delivery.worker: found a string, expected an object"),
        (#"{"http": []}"#, "delivery.http: found an array, expected an object"),
        (#"{"http": {}}"#, "delivery.http.url: is missing"),
        (#"{"http": {"url": 5}}"#, "delivery.http.url: found 5, expected a string"),
        (
            #"{"http": {"url": "http://h", "uri": 1}}"#,
            "delivery.http.uri: is not one of url, method, headers, secretHeaders, timeout, signingSecrets, maxConcurrent"
        ),
        (
            #"{"http": {"url": "http://h", "method": "HEAD"}}"#,
            "delivery.http.method: is none of POST, GET, PUT, PATCH, DELETE"
        ),
        (
            #"{"http": {"url": "http://h", "timeout": 0}}"#,
            "delivery.http.timeout: found 0, expected a whole number of milliseconds from 1 to 600000"
        ),
        (
            #"{"http": {"url": "http://h", "timeout": 600001}}"#,
            "delivery.http.timeout: found 600001, expected a whole number of milliseconds from 1 to 600000"
        ),
        (
            #"{"http": {"url": "http://h", "maxConcurrent": -1}}"#,
            "delivery.http.maxConcurrent: found -1, expected a whole number from 0 to 100000"
        ),
        (#"{"http": {"url": "http://h", "headers": {"A": 1}}}"#, "delivery.http.headers.A: found 1, expected a string"),
        (
            #"{"http": {"url": "http://h", "headers": {"A": "x\r\nB: y"}}}"#,
            "delivery.http.headers.A: holds a line end or another control character"
        ),
        (
            #"{"http": {"url": "http://h", "headers": {"A": "b", "a": "b"}}}"#,
            "delivery.http.headers.a: is there twice, in another case of its letters"
        ),
        (
            #"{"http": {"url": "http://h", "headers": {"A": "${run}"}}}"#,
            "delivery.http.headers.A: has a ${…} that is none of ${jobName}, ${runId}, ${attempt}, ${scheduledTime}, "
                + "${slot:FORMAT}; a plain dollar before { is written $$"
        ),
        (
            #"{"http": {"url": "http://h", "headers": {"A": "b"}, "secretHeaders": {"a": "c"}}}"#,
            "delivery.http.headers.A: is one of secretHeaders, too"
        ),
    ])
    func `what breaks a rule is refused with its path`(json: String, fault: String) throws {
        #expect(try read(json).faults == [fault])
    }

    @Test(arguments: ["GET", "DELETE"])
    func `a method without a body excludes a payload`(method: String) throws {
        let json = #"{"http": {"url": "http://h", "method": "\#(method)"}}"#
        #expect(try read(json).faults == [])
        let fault = "delivery.http.method: is \(method), which has no body, and the job has a payload"
        #expect(try read(json, payload: .int(1)).faults == [fault])
    }

    @Test(arguments: [
        "http://h", "https://h/", "HTTPS://H.example:65535/a?b=c&d=%20", "http://my_host:1/", "http://127.0.0.1/x",
        "http://[::1]/", "http://[2001:db8::1]:80", "http://example.com./", "http://h?q",
        "http://xn--bcher-kva.example/",
    ])
    func `a good URL is taken`(url: String) throws {
        #expect(try HTTPDelivery.url(url).text == url)
    }

    @Test(arguments: [
        "", "h", "/a", "//h/a", "ftp://h/", "file:///etc/passwd", "http:/h", "http://", "http:///a", "http://:80/",
        "http://user@h/", "http://user:pw@h/", "http://@h/", "http://h:0/", "http://h:65536/", "http://h:/",
        "http://h:80a/", "http://h:+80/", "http://h/a b", "http://h/\u{E9}", "http://b\u{FC}cher.example/",
        "http://h/\n",
        "http://h\\@evil/", "http://h/#part", "http://[::1/", "http://[h]/", "http://[::1]80/", "http://h/${run}",
        "http://h/$${runId}", "http://${jobName}/", "http://h${runId}", "http://h:${attempt}/", "${jobName}://h/",
        "http://h$$/", "http://h/${slot:%Y}#${runId}", "http://h/${slot:%Y", "javascript:alert(1)", "http://h\u{0}/",
        "http://./", "http://h/\"", "http://h%2eexample/",
        "http://" + String(repeating: "a", count: 254) + "/", "http://h/" + String(repeating: "a", count: 8_192),
    ])
    func `a bad URL is refused`(url: String) {
        #expect(throws: InvalidText.self) { try HTTPDelivery.url(url) }
    }

    @Test(arguments: [
        "", "A B", "A:", "\u{C4}", "A\n", "(a)", "Host", "host", "CONNECTION", "Content-Length", "transfer-encoding",
        "Idempotency-Key", "webhook-id", "Webhook-Signature", "Simple-Scheduler-Job", "simple-scheduler-anything",
    ])
    func `the name of a header that is none, or ours, is refused`(name: String) {
        #expect(HTTPDelivery.problem(header: name) != nil)
    }

    @Test func `other headers are taken`() {
        for name in ["Authorization", "X-Api_Key", "content-type", "User-Agent", "!#$%&'*+-.^_`|~09az"] {
            #expect(HTTPDelivery.problem(header: name) == nil, "\(name)")
        }
        #expect(throws: Never.self) { try HTTPDelivery.headerValue("Bearer $x \u{E9}\t") }
    }

    @Test func `the bound per host goes by host and port as they are written`() {
        for url in ["http://H.example:80/a?b", "HTTP://h.EXAMPLE:80", "https://h.example:80?x=/"] {
            #expect(HTTPDelivery(url: url).authority == "h.example:80")
        }
    }
}
