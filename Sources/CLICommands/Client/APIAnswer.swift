// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What the API answered.
struct APIAnswer: Sendable {
    /// The largest body that is read: twice the API's largest page.
    static let maximumSize = 8 << 20

    var status: Int
    /// By their names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    /// The cursor of the next page, from the `Link` header (RFC 8288).
    ///
    /// Only the cursor: the address behind a proxy is ours to know, and a token must not follow a link anywhere.
    var nextCursor: String? {
        for link in (headers["link"] ?? "").split(separator: ",") where link.contains("rel=\"next\"") {
            guard let target = link.split(separator: ">").first, let mark = target.firstIndex(of: "?") else { continue }
            for pair in target[target.index(after: mark)...].split(separator: "&") where pair.hasPrefix("after=") {
                return String(pair.dropFirst(6))
            }
        }
        return nil
    }

    /// When it was sent, by the clock of who sent it (RFC 9110, section 6.6.1): `Sun, 06 Nov 1994 08:49:37 GMT`.
    var date: Timestamp? {
        let parts = (headers["date"] ?? "").split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        return Timestamp(rfc3339: "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }

    /// How many seconds to wait, where the API says so.
    var retryAfter: Int? {
        headers["retry-after"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The body as one object.
    func object() throws(CLIFailure) -> Item {
        guard let item = Item(try json()) else { throw Self.unexpected }
        return item
    }

    /// The body as a list of objects.
    func list() throws(CLIFailure) -> [Item] {
        guard case .array(let elements) = try json() else { throw Self.unexpected }
        let items = elements.compactMap { Item($0) }
        guard items.count == elements.count else { throw Self.unexpected }
        return items
    }

    private func json() throws(CLIFailure) -> JSONValue {
        do { return try JSONReader.read(body) } catch { throw Self.unexpected }
    }

    /// Somebody else answered, or an API of a future that this program does not know.
    static let unexpected = CLIFailure(
        .other, "the answer is not one of the Simple Scheduler API",
        hints: "Is the address right? See --url, and: \(CLIMain.programName) whoami")
}
