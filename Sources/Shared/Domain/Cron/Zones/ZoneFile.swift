// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The content of a TZif file (RFC 9636, versions 1 to 4), checked against its own counts.
///
/// Of versions 2 and later the second block, which has 64-bit times, and the footer are read; abbreviations and the
/// standard/wall and UT/local marks are skipped, because nothing here needs them.
struct ZoneFile: Equatable {
    /// A change of offset.
    struct Change: Equatable {
        /// Seconds since 1970-01-01T00:00:00Z, strictly ascending from change to change.
        var instant: Int
        /// Local time less UTC from then on.
        var offset: Int
    }

    /// Local time less UTC before the first change.
    let firstOffset: Int
    /// In order.
    let changes: [Change]
    /// What holds after the last change; `nil` when the file does not say it.
    let rule: ZoneRule?

    /// Reads and checks a whole file; bytes after the footer are ignored.
    init(_ bytes: [UInt8]) throws(MalformedZoneFile) {
        var reader = ZoneBytes(bytes)
        let header = try Header(&reader)
        if header.version == 1 {
            (firstOffset, changes) = try Self.block(header, timeWidth: 4, &reader)
            rule = nil
            return
        }
        _ = try reader.take(header.size(timeWidth: 4))
        let second = try Header(&reader)
        (firstOffset, changes) = try Self.block(second, timeWidth: 8, &reader)
        rule = try ZoneRule(footer: try reader.footer())
    }

    private struct Header {
        let version: Int
        let utMarks: Int
        let standardMarks: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        init(_ reader: inout ZoneBytes) throws(MalformedZoneFile) {
            guard try reader.take(4).elementsEqual("TZif".utf8) else { throw MalformedZoneFile("is not TZif") }
            switch try reader.take(1).first {
            case 0: version = 1
            case UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "4"): version = 2
            default: throw MalformedZoneFile("has an unknown version")
            }
            _ = try reader.take(15)
            utMarks = try reader.integer(width: 4)
            standardMarks = try reader.integer(width: 4)
            leaps = try reader.integer(width: 4)
            times = try reader.integer(width: 4)
            types = try reader.integer(width: 4)
            characters = try reader.integer(width: 4)
            let counts = [utMarks, standardMarks, leaps, times, types, characters]
            guard counts.allSatisfy({ (0...ZoneLimits.fileSize).contains($0) }) else {
                throw MalformedZoneFile("has an impossible count")
            }
        }

        func size(timeWidth: Int) -> Int {
            times * (timeWidth + 1) + types * 6 + characters + leaps * (timeWidth + 4) + standardMarks + utMarks
        }
    }

    private static func block(
        _ header: Header, timeWidth: Int, _ reader: inout ZoneBytes
    ) throws(MalformedZoneFile) -> (Int, [Change]) {
        guard (1...256).contains(header.types) else { throw MalformedZoneFile("has no types or too many") }
        // With them, its times are not those of UTC ("right/").
        guard header.leaps == 0 else { throw MalformedZoneFile("counts leap seconds") }
        var instants: [Int] = []
        for _ in 0..<header.times {
            let instant = try reader.integer(width: timeWidth)
            if let last = instants.last, last >= instant { throw MalformedZoneFile("has times out of order") }
            instants.append(instant)
        }
        let indices = try reader.take(header.times)
        var offsets: [Int] = []
        for _ in 0..<header.types {
            let offset = try reader.integer(width: 4)
            guard ZoneLimits.offsets.contains(offset) else { throw MalformedZoneFile("has an impossible offset") }
            _ = try reader.take(2)
            offsets.append(offset)
        }
        _ = try reader.take(header.characters + header.standardMarks + header.utMarks)
        guard let first = offsets.first, indices.allSatisfy({ Int($0) < offsets.count }) else {
            throw MalformedZoneFile("names a type that it does not have")
        }
        return (first, zip(instants, indices).map { Change(instant: $0, offset: offsets[Int($1)]) })
    }
}
