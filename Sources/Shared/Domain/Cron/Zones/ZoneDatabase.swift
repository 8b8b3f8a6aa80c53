// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
private import Synchronization

/// Why there are no rules for the name of a zone; safe to show.
package struct InvalidZone: Error, Equatable, CustomStringConvertible {
    /// What is wrong, to follow the words "time zone"; quotes the name only when it is well-formed.
    package let reason: String

    package var description: String { reason }
}

/// The zones of a folder of TZif files, each read once and then kept until the process ends.
///
/// Any thread may ask. An update of the folder is seen after a restart, so that one process never has two opinions.
package final class ZoneDatabase: Sendable {
    /// The system's: the folder that the variable `TZDIR` names, else `/usr/share/zoneinfo`.
    package static let system = ZoneDatabase(
        folder: getenv("TZDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo")

    private let folder: String
    private let known = Mutex<[String: ZoneRules]>([:])

    /// A database in another folder; nothing is read before it is asked for.
    package init(folder: String) {
        self.folder = folder
    }

    /// The rules of a zone by its IANA name; case counts, as in the database.
    ///
    /// `UTC` and `Etc/UTC` need no file. The first call for a name reads a small file and may block for that long.
    ///
    /// - Throws: ``InvalidZone`` when the name is not one of the database, or its file cannot be used.
    package func rules(named name: String) throws(InvalidZone) -> ZoneRules {
        if name == "UTC" { return .utc }
        if let rules = known.withLock({ $0[name] }) { return rules }
        let rules = try read(name)
        // Whoever was first wins, so that everybody has the same object.
        return known.withLock { known in
            if let other = known[name] { return other }
            known[name] = rules
            return rules
        }
    }

    private func read(_ name: String) throws(InvalidZone) -> ZoneRules {
        guard Self.isWellFormed(name) else {
            throw InvalidZone(reason: "is no IANA name such as Europe/Berlin or UTC")
        }
        if name == "Etc/UTC" { return ZoneRules(name: name, periods: ZoneRules.utc.periods, cycleStart: nil) }
        guard let bytes = Self.content(ofFile: folder + "/" + name) else {
            throw InvalidZone(
                reason:
                    "\"\(name)\" is not in the system's zone database; names are like Europe/Berlin, and case counts")
        }
        do throws(MalformedZoneFile) {
            return try ZoneRules(name: name, file: bytes)
        } catch {
            throw InvalidZone(
                reason: "\"\(name)\" cannot be used: its file in the system's zone database \(error.reason)")
        }
    }

    /// All names of the database begin with a capital, what else lies in its folder (`localtime`, `right/`, tables) does not.
    private static func isWellFormed(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count <= 64, let first = bytes.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else {
            return false
        }
        // Without a dot no part leads out of the folder.
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        return isPlain
            && bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    /// The bytes of a regular file that is not too large; `nil` for anything else.
    private static func content(ofFile path: String) -> [UInt8]? {
        // A pipe must not hold the caller until somebody writes to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            (0...ZoneLimits.fileSize).contains(Int(status.st_size))
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            filled += count
        }
        return bytes
    }
}
