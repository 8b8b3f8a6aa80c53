// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a body is that is no JSON object, for the one who has to find out what a worker sends.
enum BodyDiagnosis {
    /// Its kind, in words that repeat nothing of it; `nil` where it looks like an object, and the reader's words say more.
    static func of(_ delivery: Delivery) -> String? {
        let mark = UTF8Text.mark
        let body = delivery.body.starts(with: mark) ? Array(delivery.body.dropFirst(mark.count)) : delivery.body
        guard !body.isEmpty else { return "the body is empty" }
        if let kind = kinds.first(where: { body.starts(with: $0.start) }) { return "the body is \(kind.name)" }
        let start = body.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = start.first else { return "the body is blank" }
        if body.count > 1, body[0] == 0 || body[1] == 0 { return "the body is UTF-16 or UTF-32: send UTF-8" }
        let coding = delivery.contentEncoding?.lowercased() ?? ""
        if codings.contains(coding), first != UInt8(ascii: "{") {
            return "the body is \(coding), as its content_encoding says: send it uncompressed"
        }
        switch first {
        case UInt8(ascii: "{"): return nil
        case UInt8(ascii: "<"): return "the body is XML or HTML"
        case 0x80...: return "the body is binary"
        default: break
        }
        if start.starts(with: "eyJ".utf8) { return "the body is base64 or a token" }
        guard let value = value(body) else {
            return isForm(start) ? "the body is a form (key=value)" : "the body is text"
        }
        return value
    }

    /// JSON of another kind, or what a program writes that means JSON.
    private static func value(_ body: [UInt8]) -> String? {
        do throws(MalformedJSON) {
            switch try JSONReader.read(body) {
            case .array: return "the body is a JSON array"
            case .string(let text):
                return text.first == "{"
                    ? "the body is JSON within a JSON text: encoded twice" : "the body is a JSON text"
            case .int, .double: return "the body is a JSON number"
            case .bool: return "the body is true or false"
            case .null: return "the body is null"
            case .object: return nil
            }
        } catch {
            let isJSON = error.reason.hasSuffix("is not JSON")
            return isJSON ? error.reason : body.first == UInt8(ascii: "[") ? "a JSON array, and broken" : nil
        }
    }

    private static func isForm(_ body: ArraySlice<UInt8>) -> Bool {
        guard let mark = body.firstIndex(of: UInt8(ascii: "=")) else { return false }
        return body[..<mark].allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static let codings: Set<String> = ["gzip", "x-gzip", "deflate", "br", "zstd", "compress"]

    /// First bytes (RFC 1952, RFC 1950, RFC 8878, and the usual file formats), the longer ones first.
    private static let kinds: [(start: [UInt8], name: String)] = [
        ([0xFF, 0xFE, 0, 0], "UTF-32: send UTF-8"), ([0, 0, 0xFE, 0xFF], "UTF-32: send UTF-8"),
        ([0xFF, 0xFE], "UTF-16: send UTF-8"), ([0xFE, 0xFF], "UTF-16: send UTF-8"),
        ([0x1F, 0x8B], "gzip: send it uncompressed"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd: send it uncompressed"),
        ([0x78, 0x01], "deflate: send it uncompressed"), ([0x78, 0x5E], "deflate: send it uncompressed"),
        ([0x78, 0x9C], "deflate: send it uncompressed"), ([0x78, 0xDA], "deflate: send it uncompressed"),
        (Array("BZh".utf8), "bzip2: send it uncompressed"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz: send it uncompressed"),
        (Array("PK\u{3}\u{4}".utf8), "a ZIP archive"), ([0xAC, 0xED, 0, 5], "a serialised Java object"),
        ([0x80, 0x03], "a Python pickle"), ([0x80, 0x04], "a Python pickle"), ([0x80, 0x05], "a Python pickle"),
    ]
}
