// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Glibc

/// What the kernel says of a process (proc(5)).
struct ProcessUsage {
    /// User and system time of all its threads since its start, in seconds, in steps of 10 ms.
    let cpuSeconds: Double
    /// Resident memory now, in bytes.
    let residentBytes: Double
    /// The most it ever was.
    let peakResidentBytes: Double

    /// - Throws: when there is no such process.
    init(of pid: Int32) throws {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The name of the program stands in brackets and may hold spaces.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw BenchmarkFailure("the times of process \(pid) cannot be read")
        }
        cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        func kilobytes(_ name: String) -> Double {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Double($0) }
                ?? 0
        }
        residentBytes = kilobytes("VmRSS") * 1024
        peakResidentBytes = kilobytes("VmHWM") * 1024
    }
}
