// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// What tells one state of a file from another, and whose it is.
package struct FileFacts: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let seconds: Int
    private let nanoseconds: Int
    private let size: Int
    private let mode: UInt32
    private let owner: UInt32

    /// Those of the file at a path; `nil` when there is none.
    package init?(path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// Those of an open file.
    package init?(descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    private init(_ facts: stat) {
        (device, inode) = (UInt64(facts.st_dev), UInt64(facts.st_ino))
        (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
        (size, mode, owner) = (Int(facts.st_size), facts.st_mode, facts.st_uid)
    }

    /// Whether it is an ordinary file of this user's that nobody else can read or write.
    package var isSecret: Bool { mode & S_IFMT == S_IFREG && mode & 0o077 == 0 && owner == geteuid() }
}
