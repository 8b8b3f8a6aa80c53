// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct DeliverySecretsTests {
    private static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let text = "hush hush hush hush"

    private func read(
        _ json: String, from origin: JobReader.Origin = .json, keeping stored: HTTPDelivery? = nil
    ) throws -> (job: Job?, faults: [String]) {
        var reader = JobReader(from: origin, keepingSecretsOf: stored)
        reader.read(.delivery, .json(try JSONReader.read(Array(json.utf8))))
        reader.read(.enabled, .json(.bool(true)))
        let job = reader.finish(try JobName("a"))
        return (job, reader.faults.map(\.description))
    }

    private static let full = """
        {"http":{"secretHeaders":{"Authorization":"Bearer hush","X-Key":"hush"},
        "signingSecrets":["\(key)","\(text)"],"url":"http://h/"}}
        """

    private func stored() throws -> HTTPDelivery { try #require(try read(Self.full).job?.delivery.http) }

    @Test func `secrets are read, stored as they are, and shown as their number and names`() throws {
        let job = try #require(try read(Self.full).job)
        let http = try #require(job.delivery.http)
        #expect(http.secretHeaders["Authorization"]?.secretText == "Bearer hush")
        #expect(http.signingSecrets.map(\.text.secretText) == [Self.key, Self.text])
        let shown = try #require(job.jsonFields.first { $0.field == .delivery }?.value)
        #expect(
            shown
                == (try JSONReader.read(
                    Array(
                        """
                        {"http":{"method":"POST","secretHeaders":["Authorization","X-Key"],"signingSecrets":2,
                        "timeout":30000,"url":"http://h/"}}
                        """.utf8))))
        let kept = try #require(job.storedFields.first { $0.field == .delivery }?.value)
        #expect(JobDelivery.masked(kept) == shown && JobDelivery.masked(shown) == shown)
        for origin in [JobReader.Origin.json, .document] {
            var reader = JobReader(from: origin)
            for (field, value) in job.storedFields { reader.read(field, .json(value)) }
            #expect(reader.finish(job.name) == job)
        }
    }

    @Test func `secrets are found in what is stored, whatever else is wrong with it`() throws {
        let before = try stored()
        let broken = Self.full.replacing("http://h/", with: "nowhere")
        #expect(try read(broken).job == nil)
        let found = JobReader.secrets(stored: .json(try JSONReader.read(Array(broken.utf8))))
        #expect(found?.signingSecrets == before.signingSecrets && found?.secretHeaders == before.secretHeaders)
        let half = JobReader.secrets(
            stored: .json(
                try JSONReader.read(
                    Array(#"{"http": {"signingSecrets": ["short"], "secretHeaders": {"A": "b"}}}"#.utf8))))
        #expect(half?.signingSecrets == [] && half?.secretHeaders == ["A": Secret("b")])
        for none in [nil, FieldValue.json(.null), .json(.object(["worker": .object([:])])), .date(.earliest)] {
            #expect(JobReader.secrets(stored: none) == nil)
        }
    }

    @Test func `nothing that prints a job prints its secrets`() throws {
        let job = try #require(try read(Self.full).job)
        var dumped = ""
        dump(job, to: &dumped)
        for text in ["\(job)", String(reflecting: job), dumped, "\(job.delivery.http?.signingSecrets ?? [])"] {
            #expect(!text.contains("hush") && !text.contains("MfKQ"), "\(text)")
        }
        #expect("\(Secret("hush"))" == "***" && String(reflecting: Secret("hush")) == "***")
    }

    @Test func `the key of a secret is what its base64 says, or the text itself`() throws {
        let key = try SigningSecret(Self.key).key
        #expect(key.count == 24 && key.first == 0x31)
        #expect(try SigningSecret(Self.text).key == Array(Self.text.utf8))
        #expect(try SigningSecret("whsec_" + String(repeating: "+/9A", count: 16)).key.count == 48)
        #expect(try SigningSecret("whsec_" + String(repeating: "AAAA", count: 21) + "AA==").key.count == 64)
        #expect(try SigningSecret(String(repeating: "\u{1F511}", count: 16)).key.count == 64)
    }

    @Test(arguments: [
        "", "fifteen letters", String(repeating: "x", count: 257), "whsec_", "whsec_not base64 at all, but long enough",
        "whsec_" + String(repeating: "AAAA", count: 7) + "AAA=", "whsec_" + String(repeating: "AAAA", count: 22),
        "whsec_" + String(repeating: "AAAA", count: 8) + "AA", "whsec_" + String(repeating: "AAAA", count: 8) + "AB==",
        "whsec_" + String(repeating: "-_9A", count: 8), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
        "whsec_" + String(repeating: "AAAA", count: 8) + "====", "with a line end in it\n", "with a tab\tin it as well",
    ])
    func `what is no secret is refused, and nothing of it shown`(text: String) throws {
        let error = #expect(throws: InvalidText.self) { try SigningSecret(text) }
        for word in ["letters", "not base64", "MfKQ", "AAAA", "tab"] { #expect(error?.reason.contains(word) == false) }
        var json = JSONWriter()
        json.write(.array([.string(Self.text), .string(text)]))
        let list = String(decoding: json.bytes, as: UTF8.self)
        let faults = try read(#"{"http": {"url": "http://h", "signingSecrets": \#(list)}}"#).faults
        #expect(faults.count == 1 && faults.first?.hasPrefix("delivery.http.signingSecrets: number 2 ") == true)
    }

    @Test func `secrets stay where an edit does not speak of them, or says what an answer says`() throws {
        let before = try stored()
        for json in [
            #"{"http": {"url": "http://h/"}}"#, #"{"http": {"url": "http://h/", "signingSecrets": 2}}"#,
            #"{"http": {"url": "http://h/", "signingSecrets": 2.0, "secretHeaders": ["X-Key", "Authorization"]}}"#,
        ] {
            #expect(try read(json, keeping: before).job?.delivery.http == before, "\(json)")
        }
        let renewed = try read(
            #"{"http": {"url": "http://other/", "signingSecrets": ["another secret of mine"]}}"#, keeping: before
        ).job?.delivery.http
        #expect(renewed?.signingSecrets.map(\.text.secretText) == ["another secret of mine"])
        #expect(renewed?.secretHeaders == before.secretHeaders && renewed?.url.text == "http://other/")
    }

    @Test(arguments: ["[]", "{}", "null"])
    func `secrets go where an edit says that there are none`(none: String) throws {
        let before = try stored()
        let json = #"{"http": {"url": "http://h/", "signingSecrets": \#(none), "secretHeaders": \#(none)}}"#
        let after = try #require(try read(json, keeping: before).job?.delivery.http)
        #expect(after.signingSecrets.isEmpty && after.secretHeaders.isEmpty)
        #expect(try read(#"{"worker": {}}"#, keeping: before).job?.delivery == .worker)
    }

    @Test(arguments: [
        (#""signingSecrets": 1"#, "signingSecrets"), (#""signingSecrets": 3"#, "signingSecrets"),
        (#""signingSecrets": -2"#, "signingSecrets"), (#""signingSecrets": "2""#, "signingSecrets"),
        (#""signingSecrets": true"#, "signingSecrets"), (#""signingSecrets": {"a": "b"}"#, "signingSecrets"),
        (#""signingSecrets": [1]"#, "signingSecrets"), (#""signingSecrets": "hush hush hush hush""#, "signingSecrets"),
        (#""secretHeaders": ["Authorization"]"#, "secretHeaders"),
        (#""secretHeaders": ["Authorization", "Authorization"]"#, "secretHeaders"),
        (#""secretHeaders": ["Authorization", "Bearer hush"]"#, "secretHeaders"),
        (#""secretHeaders": 2"#, "secretHeaders"),
        (#""secretHeaders": {"Bearer hush": "x"}"#, "secretHeaders"),
        (#""secretHeaders": {"Host": "hush"}"#, "secretHeaders"),
        (#""secretHeaders": {"webhook-id": "hush"}"#, "secretHeaders"),
        (#""secretHeaders": {"A": 7}"#, "secretHeaders.A"),
        (#""secretHeaders": {"A": "hush\r\nB: c"}"#, "secretHeaders.A"),
        (#""secretHeaders": {"A": "hush", "a": "hush"}"#, "secretHeaders.a"),
    ])
    func `what is neither is refused with its path, and no value is shown`(member: String, path: String) throws {
        let faults = try read(#"{"http": {"url": "http://h/", \#(member)}}"#, keeping: stored()).faults
        #expect(faults.count == 1 && faults.first?.hasPrefix("delivery.http.\(path): ") == true, "\(faults)")
        #expect(faults.first?.contains("hush") == false)
    }

    @Test func `a new job has nothing to keep, and a document with an answer's numbers is not understood`() throws {
        for (member, path) in [
            (#""signingSecrets": 2"#, "signingSecrets"), (#""secretHeaders": ["A"]"#, "secretHeaders"),
        ] {
            let json = #"{"http": {"url": "http://h/", \#(member)}}"#
            #expect(try read(json).faults.first?.hasPrefix("delivery.http.\(path): ") == true)
            #expect(try read(json, from: .document).faults.count == 1)
        }
        #expect(try read(#"{"http": {"url": "http://h/", "signingSecrets": null}}"#, from: .document).faults == [])
    }

    @Test func `there are bounds on how many`() throws {
        let names = (0...64).map { #""X-\#($0)": "v""# }.joined(separator: ",")
        #expect(try read(#"{"http": {"url": "http://h", "secretHeaders": {\#(names)}}}"#).faults.count == 1)
        let secrets = [String](repeating: #""\#(Self.text)""#, count: 17).joined(separator: ",")
        #expect(try read(#"{"http": {"url": "http://h", "signingSecrets": [\#(secrets)]}}"#).faults.count == 1)
    }

    @Test func `values of secret headers are no templates`() throws {
        let http = try read(#"{"http": {"url": "http://h", "secretHeaders": {"A": "$$ ${x}"}}}"#).job?.delivery.http
        #expect(http?.secretHeaders["A"]?.secretText == "$$ ${x}")
    }
}
