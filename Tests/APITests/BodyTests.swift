// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Testing

struct BodyTests {
    private let api = APITester()

    @Test(arguments: [
        ("application/json", 201), ("Application/JSON ; Charset=\"UTF-8\"", 201), ("application/json;version=1", 201),
        ("application/merge-patch+json", 201), ("application/json;charset=UTF8", 201),
        ("application/json; charset=latin1", 415), ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415), ("application/jsonx", 415), ("", 415),
    ])
    func `a body's type`(_ type: String, _ status: Int) async throws {
        let answer = try await api.send(
            .post, "/api/jobs", #"{"name":"a","interval":1000}"#, headers: [.contentType: type])
        #expect(answer.status == status)
        let taken = try #require(HTTPField.Name("Accept-Post"))
        #expect(status == 201 || answer.headers[taken]?.hasPrefix("application/json") == true)
    }

    @Test func `a body's encoding`() async throws {
        for coding in ["gzip", "GZIP", "identity, br", "compress"] {
            let answer = try await api.send(
                .post, "/api/jobs", #"{"name":"a","interval":1000}"#, headers: [.contentEncoding: coding])
            #expect(answer.status == 415)
            #expect(answer.headers[.acceptEncoding] == "identity")
        }
        let plain: HTTPFields = [.contentEncoding: "Identity"]
        #expect(
            try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000}"#, headers: plain).status == 201)
    }
}
