// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Timestamp {
    /// The same text as ``rfc3339``, some twenty times faster: a page of the API has thousands of them.
    package var wireText: String {
        let (day, time) = Self.split(millisecondsSinceEpoch, by: 86_400_000)
        // Days to a date of the civil calendar: eras of 400 years that begin on 1 March, so that leap days come last.
        let (era, dayOfEra) = Self.split(day + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        guard (0...9_999).contains(year) else { return rfc3339 }
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var index = 0
            func put(_ number: Int64, _ width: Int, then mark: Unicode.Scalar) {
                var rest = number
                for place in stride(from: index + width - 1, through: index, by: -1) {
                    buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                buffer[index + width] = UInt8(ascii: mark)
                index += width + 1
            }
            put(year, 4, then: "-")
            put(month, 2, then: "-")
            put(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2, then: "T")
            put(time / 3_600_000, 2, then: ":")
            put(time / 60_000 % 60, 2, then: ":")
            put(time / 1_000 % 60, 2, then: ".")
            put(time % 1_000, 3, then: "Z")
            return index
        }
    }

    private static func split(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
