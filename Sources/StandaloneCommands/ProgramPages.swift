// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Foundation
private import Glibc

/// The program's own code in memory.
enum ProgramPages {
    /// Gives back what is resident of it; what is needed again comes from the file's cache, page by page.
    ///
    /// The start touches two thirds of it, once, to relocate and to look for conformances. Nothing but code that cannot be
    /// written is given back (madvise(2)), so this is safe at any time.
    static func giveBack() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8),
            let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        else { return }
        for line in maps.split(separator: "\n") where line.hasSuffix(" " + program) {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            let range = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard words[1] == "r-xp", range.count == 2, let start = UnsafeMutableRawPointer(bitPattern: range[0]) else {
                continue
            }
            madvise(start, Int(range[1] - range[0]), MADV_DONTNEED)
        }
    }
}
