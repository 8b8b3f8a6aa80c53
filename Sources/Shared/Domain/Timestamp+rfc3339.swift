// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// RFC 3339, by hand: a page of the API has thousands of instants, and Foundation's parser takes 30 February for a day.
extension Timestamp: CustomStringConvertible {
    private static let day = 86_400_000

    /// RFC 3339 in UTC with exactly three fraction digits, as in the API and in action messages.
    ///
    /// Outside of the years 0 to 9999, which no instant in a document or a request has, some text for a log.
    package var rfc3339: String {
        let instant = Int(millisecondsSinceEpoch)
        let time = instant.flooredRemainder(by: Self.day)
        let date = CalendarDate(number: instant.flooredQuotient(by: Self.day))
        guard (0...9_999).contains(date.year) else { return "\(date.year)-\(date.month)-\(date.day)T\(time)ms" }
        return String(unsafeUninitializedCapacity: 24) { buffer in
            Self.put(date.year, 4, at: 0, then: "-", in: buffer)
            Self.put(date.month, 2, at: 5, then: "-", in: buffer)
            Self.put(date.day, 2, at: 8, then: "T", in: buffer)
            Self.put(time / 3_600_000, 2, at: 11, then: ":", in: buffer)
            Self.put(time / 60_000 % 60, 2, at: 14, then: ":", in: buffer)
            Self.put(time / 1_000 % 60, 2, at: 17, then: ".", in: buffer)
            Self.put(time % 1_000, 3, at: 20, then: "Z", in: buffer)
            return 24
        }
    }

    package var description: String { rfc3339 }

    private static func put(
        _ number: Int, _ width: Int, at start: Int, then mark: Unicode.Scalar,
        in buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        var rest = number
        for place in stride(from: start + width - 1, through: start, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        buffer[start + width] = UInt8(ascii: mark)
    }

    /// Reads RFC 3339 with any offset; digits of the second beyond the third are cut.
    ///
    /// `nil` = not such a text, or no such day. A leap second (`:60`) counts as the first moment of the next minute.
    package init?(rfc3339 text: String) {
        var bytes = Substring(text).utf8
        guard bytes.count <= 64 else { return nil }
        func skip(_ marks: String) -> Bool {
            guard let first = bytes.first, marks.utf8.contains(first) else { return false }
            bytes.removeFirst()
            return true
        }
        func number(_ width: Int, _ range: ClosedRange<Int>) -> Int? {
            let digits = bytes.prefix(width)
            guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            bytes.removeFirst(width)
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            return range.contains(value) ? value : nil
        }
        guard let year = number(4, 0...9_999), skip("-"), let month = number(2, 1...12), skip("-"),
            let day = number(2, 1...CalendarDate.length(ofMonth: month, year: year)), skip("Tt "),
            let hour = number(2, 0...23), skip(":"), let minute = number(2, 0...59), skip(":"),
            let second = number(2, 0...60)
        else { return nil }
        var milliseconds = 0
        if skip(".") {
            let digits = bytes.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            for (digit, weight) in zip(digits, [100, 10, 1]) { milliseconds += Int(digit - 0x30) * weight }
            bytes.removeFirst(digits.count)
        }
        var offset = 0
        if !skip("Zz") {
            let isWest = bytes.first == UInt8(ascii: "-")
            guard skip("+-"), let hours = number(2, 0...23), skip(":"), let minutes = number(2, 0...59) else {
                return nil
            }
            offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
        }
        guard bytes.isEmpty else { return nil }
        let date = CalendarDate(year: year, month: month, day: day).number
        let seconds = (date * 24 + hour) * 3_600 + (minute - offset) * 60 + second
        self.init(millisecondsSinceEpoch: Int64(seconds * 1_000 + milliseconds))
    }
}
