// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension RequestAnswer {
    private static let mark = "… [cut]"

    /// The body as the result of a run: JSON as JSON, another text as a text, cut where it is too long; of bytes their
    /// number.
    package var result: JSONValue? {
        guard !body.isEmpty else { return nil }
        if !isCut, isJSON, let json = try? JSONReader.read(body), json.fits(Self.longestBody) {
            return json == .null ? nil : json
        }
        guard let text else {
            let count = isCut ? length.map { "\($0)" } ?? "more than \(body.count)" : "\(body.count)"
            return .string("[\(count) bytes, not text]")
        }
        let whole = JSONValue.string(text)
        return isCut || !whole.fits(Self.longestBody) ? .string(Self.cut(text) + Self.mark) : whole
    }

    /// `HTTP 503: ` and the first 200 characters of the body, in one line.
    package var error: String {
        let words = (text ?? "").prefix(2_000).split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        let line = EscapedText.bare(String(words.unicodeScalars.prefix(200)))
        return line.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(line)"
    }

    /// Whether the answer says that it is JSON, or says nothing.
    private var isJSON: Bool {
        guard let type = contentType?.lowercased().prefix(while: { $0 != ";" }) else { return true }
        return type.contains("json")
    }

    /// The body as UTF-8; `nil` = it is none, or has a NUL in it.
    private var text: String? {
        guard !body.contains(0) else { return nil }
        if let text = String(validating: body, as: UTF8.self) { return text }
        guard isCut else { return nil }
        // The cut may have gone through a character.
        for count in 1...3 where body.count > count {
            if let text = String(validating: body.dropLast(count), as: UTF8.self) { return text }
        }
        return nil
    }

    /// As much of a text as fits together with the mark, in a JSON text.
    private static func cut(_ text: String) -> String {
        var room = longestBody - mark.utf8.count - 2
        var end = text.unicodeScalars.startIndex
        for index in text.unicodeScalars.indices {
            let scalar = text.unicodeScalars[index]
            switch scalar {
            case "\"", "\\", "\u{8}", "\t", "\n", "\u{C}", "\r": room -= 2
            case _ where scalar.value < 0x20: room -= 6
            default: room -= UTF8.width(scalar)
            }
            guard room >= 0 else { break }
            end = text.unicodeScalars.index(after: index)
            if room == 0 { break }
        }
        return String(text.unicodeScalars[..<end])
    }
}
