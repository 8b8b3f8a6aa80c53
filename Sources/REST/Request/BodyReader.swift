// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import NIOCore
package import Shared

/// Gets the JSON body of a request, within limits.
package enum BodyReader {
    /// The largest body.
    package static let maximumSize = 1 << 20

    private static let types: Set<String> = ["application/json", "application/merge-patch+json"]

    /// The members of the object that the body is.
    package static func object(_ call: APICall) async throws(Problem) -> [String: JSONValue] {
        let bytes = try await bytes(call)
        guard !bytes.isEmpty else { throw .malformed("the body is empty: a JSON object is expected") }
        return try object(bytes)
    }

    /// The same, where a body may be left out; then there are no members.
    package static func optionalObject(_ call: APICall) async throws(Problem) -> [String: JSONValue] {
        let bytes = try await bytes(call)
        return bytes.isEmpty ? [:] : try object(bytes)
    }

    /// A NUL character is left to the rules of the field that it is in.
    private static func object(_ bytes: [UInt8]) throws(Problem) -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try JSONReader.read(bytes, nul: .kept)
        } catch {
            throw .malformed("the body is not usable JSON: \(error)")
        }
        guard case .object(let members) = value else { throw .malformed("the body is not a JSON object") }
        return members
    }

    /// Whatever the head alone is refused for comes first: a client that waits to be told sends no body then.
    ///
    /// With `ofAnyType` nothing is asked of the content type.
    package static func bytes(_ call: APICall, ofAnyType: Bool = false) async throws(Problem) -> [UInt8] {
        let length = call.request.headers[.contentLength].map { Int($0) ?? .max } ?? 0
        if length > maximumSize { throw .tooLarge }
        if !ofAnyType, length > 0 || call.request.headers.contains(.transferEncoding) { try checkType(call) }
        call.context.wantBody()
        do {
            let buffer = try await call.request.body.collect(upTo: maximumSize)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .malformed("the body did not come to its end")
        }
    }

    /// A body without a type is taken for JSON, as RFC 9110 (section 8.3) allows; other types and encodings are refused.
    ///
    /// JSON has no parameters (RFC 8259, section 11), so only a `charset`, which many send, is looked at.
    private static func checkType(_ call: APICall) throws(Problem) {
        let codings = call.request.headers[values: .contentEncoding].flatMap { $0.lowercased().split(separator: ",") }
        guard codings.allSatisfy({ ["identity", ""].contains(trimmed($0)) }) else {
            throw .unsupported(
                "bodies are taken without a content encoding only", taken: .acceptEncoding, "identity")
        }
        guard let text = try call.header(.contentType) else { return }
        let parts = text.lowercased().split(separator: ";").map { trimmed($0) }
        let charsets = parts.dropFirst().filter { $0.hasPrefix("charset=") }.map { $0.dropFirst(8) }
        guard let type = parts.first, types.contains(type),
            charsets.allSatisfy({ ["utf-8", "\"utf-8\"", "utf8"].contains($0) })
        else {
            throw .unsupported(
                "bodies are application/json in UTF-8, not \(FieldFault.shown(text))",
                taken: call.request.method == .patch ? HTTPField.Name("Accept-Patch") : HTTPField.Name("Accept-Post"),
                "application/json, application/merge-patch+json")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.filter { $0 != " " && $0 != "\t" })
    }
}
