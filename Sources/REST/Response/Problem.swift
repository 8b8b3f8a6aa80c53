// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Shared

/// Why a request is not answered as it was meant: an `application/problem+json` (RFC 9457).
///
/// Its texts are for whoever sent the request, so nothing internal may be in them.
package struct Problem: Error, Sendable {
    /// The status of the answer.
    package let status: HTTPResponse.Status
    /// One sentence about this very case.
    package let detail: String
    /// One entry per faulty field or parameter.
    package var errors: [FieldFault] = []
    /// Further members.
    package var members: [(name: String, value: JSONValue)] = []
    /// Further headers.
    package var headers: [(name: HTTPField.Name, value: String)] = []

    package init(_ status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    /// The body.
    package var body: [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.member("type", .string("about:blank"))
        json.member("title", .string(status.reasonPhrase))
        json.member("status", .int(Int64(status.code)))
        json.member("detail", .string(detail))
        json.member("error", .string(detail))
        if !errors.isEmpty {
            json.name("errors")
            json.beginArray()
            for fault in errors {
                json.beginObject()
                json.member("field", .string(fault.field))
                json.member("detail", .string(fault.problem))
                json.endObject()
            }
            json.endArray()
        }
        for (name, value) in members { json.member(name, value) }
        json.endObject()
        return json.bytes
    }
}
