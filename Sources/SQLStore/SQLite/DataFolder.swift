// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CSQLite
import Glibc
import Shared

/// The folder of a database, which belongs to one process as long as this lives.
///
/// The lock is the kernel's (`flock`), so it ends with the process however that ends; the file only tells who has it.
final class DataFolder: Sendable {
    private let file: Int32

    /// Makes the folder unless it is there, for this user alone, and takes it.
    init(of path: String) throws(UnusableDatabase) {
        let folder = Self.name(of: path)
        try Self.make(folder)
        let lock = folder + "/lock"
        file = unsafe open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw UnusableDatabase("\(lock) cannot be written: \(SQLiteFile.reason()); choose another folder")
        }
        // From here on the end of this value, which a throw is as well, closes the file.
        guard simple_scheduler_lock(file) == 0 else {
            throw UnusableDatabase("\(folder) is in use by \(Self.owner(file)); stop it, or choose another folder")
        }
        let owner = "\(getpid())\n"
        guard ftruncate(file, 0) == 0, unsafe pwrite(file, owner, owner.utf8.count, 0) == owner.utf8.count else {
            throw UnusableDatabase("\(lock) cannot be written: \(SQLiteFile.reason()); make room", mayPass: true)
        }
    }

    deinit {
        close(file)
    }

    /// The folder in which a path is.
    static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes sure that a new name in the folder outlives a power cut.
    static func sync(_ folder: String) {
        let file = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    private static func make(_ folder: String) throws(UnusableDatabase) {
        var code = unsafe mkdir(folder, 0o700)
        if code != 0, errno == ENOENT, folder.contains("/") {
            try make(name(of: folder))
            code = unsafe mkdir(folder, 0o700)
        }
        guard code == 0 || errno == EEXIST else {
            throw UnusableDatabase("\(folder) cannot be made: \(SQLiteFile.reason()); choose another folder")
        }
    }

    private static func owner(_ file: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = unsafe text.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, 20, 0) }
        let digits = text.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits.isEmpty ? "another process" : "process " + String(decoding: digits, as: UTF8.self)
    }
}
