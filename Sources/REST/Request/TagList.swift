// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes

/// What an `If-Match` or an `If-None-Match` names (RFC 9110, sections 8.8.3 and 13.1).
package enum TagList: Hashable, Sendable {
    /// A tag as a client sent it.
    package struct Tag: Hashable, Sendable {
        /// `W/` stood before it.
        package let isWeak: Bool
        /// With its quotes.
        package let text: String
    }

    /// `*`: any job, as long as there is one.
    case any
    /// A job with one of these tags.
    case tags([Tag])

    /// Reads all lines of a header, which are one list; `nil` when there is none.
    ///
    /// - Throws: 400 for what is no such list: a client that loses the quotes would never match, and never know why.
    package init?(_ lines: [String], of name: HTTPField.Name) throws(Problem) {
        guard !lines.isEmpty else { return nil }
        var rest = lines.joined(separator: ",").utf8[...]
        func skip(_ bytes: String) { rest = rest.drop { bytes.utf8.contains($0) } }
        let quote = UInt8(ascii: "\"")
        let malformed = Problem.malformed(
            "the header \(name.rawName) is neither * nor a list of tags in double quotes:"
                + " send the ETag as it was given, with its quotes")
        skip(" \t")
        if rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            skip(" \t")
            guard rest.isEmpty else { throw malformed }
            self = .any
            return
        }
        var tags: [Tag] = []
        while true {
            skip(" \t,")
            if rest.isEmpty { break }
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == quote, let end = rest.dropFirst().firstIndex(of: quote) else { throw malformed }
            let text = rest[...end]
            guard text.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { throw malformed }
            tags.append(Tag(isWeak: isWeak, text: String(text) ?? ""))
            rest = rest[rest.index(after: end)...]
            skip(" \t")
            guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { throw malformed }
        }
        guard !tags.isEmpty else { throw malformed }
        self = .tags(tags)
    }

    /// Whether a tag is a weak one: only a proxy can have made it so.
    package var hasWeakTags: Bool {
        guard case .tags(let tags) = self else { return false }
        return tags.contains(where: \.isWeak)
    }

    /// Whether one of the tags is this one, and as strong.
    package func namesStrongly(_ tag: EntityTag) -> Bool {
        guard case .tags(let tags) = self else { return true }
        return tags.contains { !$0.isWeak && $0.text == tag.description }
    }

    /// Whether one of the tags is this one, be it weak.
    package func namesWeakly(_ tag: EntityTag) -> Bool {
        guard case .tags(let tags) = self else { return true }
        return tags.contains { $0.text == tag.description }
    }
}
