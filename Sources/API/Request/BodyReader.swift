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

    private static func bytes(_ call: APICall) async throws(Problem) -> [UInt8] {
        if let length = call.request.headers[.contentLength].flatMap({ Int($0) }), length > maximumSize {
            throw .tooLarge
        }
        do {
            let buffer = try await call.request.body.collect(upTo: maximumSize)
            if buffer.readableBytes > 0 { try checkType(call) }
            return Array(buffer.readableBytesView)
        } catch let problem as Problem {
            throw problem
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .malformed("the body did not come to its end")
        }
    }

    /// A body without a type is taken for JSON, as RFC 9110 (section 8.3) allows; other types and encodings are refused.
    private static func checkType(_ call: APICall) throws(Problem) {
        if let encoding = try call.header(.contentEncoding), encoding.lowercased() != "identity" {
            throw Problem(.unsupportedMediaType, "bodies are taken without a content encoding only")
        }
        guard let text = try call.header(.contentType) else { return }
        let parts = text.lowercased().split(separator: ";").map { part in part.filter { $0 != " " && $0 != "\t" } }
        guard let type = parts.first, types.contains(type),
            parts.dropFirst().allSatisfy({ ["charset=utf-8", "charset=\"utf-8\""].contains($0) })
        else { throw Problem(.unsupportedMediaType, "bodies are application/json in UTF-8") }
    }
}
