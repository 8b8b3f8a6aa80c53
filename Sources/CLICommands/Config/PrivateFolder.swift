// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// A folder of the user alone, and the files in it: others can neither read nor replace them.
///
/// Nothing is followed that is a symbolic link, and what others could have changed (or read, where it is secret) is
/// refused with the command that puts it right.
struct PrivateFolder: Sendable {
    /// The longest file that is read.
    static let maximumSize = 1 << 20

    let path: String

    /// A file's path for messages.
    func shownPath(_ name: String) -> String { shown("\(path)/\(name)", quoted: false) }

    /// Makes the folder where it is missing.
    func make() throws(CLIFailure) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            guard mkdir(part, 0o700) == 0 || errno == EEXIST || isFolder(part) else {
                throw failure("the folder \(shown(part, quoted: false)) cannot be made")
            }
        }
        close(try open())
    }

    /// The whole file; `nil` when it or the folder is not there.
    ///
    /// A secret file must be readable by nobody else; of another it is enough that nobody else can write it.
    func read(_ name: String, isSecret: Bool) throws(CLIFailure) -> [UInt8]? {
        guard isFolder(path) || exists(path) else { return nil }
        let folder = try open()
        defer { close(folder) }
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw isLink(shownPath(name)) }
            throw failure("\(shownPath(name)) cannot be read")
        }
        defer { close(file) }
        try check(file, shownPath(name), kind: S_IFREG, forbidden: isSecret ? 0o077 : 0o022, right: "600")
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.maximumSize {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("\(shownPath(name)) cannot be read") }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
        throw CLIFailure(.other, "\(shownPath(name)) is longer than 1 MiB")
    }

    /// Puts a new file in the place of the old one: whoever reads sees all of one or all of the other.
    func write(_ bytes: [UInt8], to name: String) throws(CLIFailure) {
        let folder = try open()
        defer { close(folder) }
        let new = ".\(name).\(UInt64.random(in: 0...UInt64.max))"
        let file = openat(folder, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("\(shownPath(name)) cannot be written") }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isComplete = written == bytes.count && fsync(file) == 0
        let reason = errno
        close(file)
        guard isComplete, renameat(folder, new, folder, name) == 0 else {
            if !isComplete { errno = reason }
            let problem = failure("\(shownPath(name)) cannot be written")
            unlinkat(folder, new, 0)
            throw problem
        }
        fsync(folder)
    }

    /// Does something that no other invocation does at the same time; waits for the one that does.
    ///
    /// The lock goes with the process that holds it, however it ends.
    func locked<Value>(_ body: () async throws -> Value) async throws -> Value {
        let folder = try open()
        defer { close(folder) }
        let file = openat(folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("\(shownPath("lock")) cannot be opened") }
        defer { close(file) }
        let giveUp = ContinuousClock.now + .seconds(60)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw failure("\(shownPath("lock")) cannot be locked") }
            guard ContinuousClock.now < giveUp else {
                throw CLIFailure(
                    .other, "another \(CLIMain.programName) has been holding \(shownPath("lock")) for a minute",
                    hints: "End it, or try again.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await body()
    }

    private func open() throws(CLIFailure) -> Int32 {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            if errno == ELOOP || errno == ENOTDIR, exists(path) { throw isLink(shown(path, quoted: false)) }
            throw failure("the folder \(shown(path, quoted: false)) cannot be opened")
        }
        do throws(CLIFailure) {
            try check(folder, shown(path, quoted: false), kind: S_IFDIR, forbidden: 0o077, right: "700")
        } catch {
            close(folder)
            throw error
        }
        return folder
    }

    private func check(
        _ file: Int32, _ path: String, kind: mode_t, forbidden: mode_t, right: String
    ) throws(CLIFailure) {
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure("\(path) cannot be examined") }
        guard facts.st_mode & S_IFMT == kind else { throw CLIFailure(.other, "\(path) is not an ordinary file") }
        guard facts.st_uid == geteuid() else {
            throw CLIFailure(
                .other, "\(path) belongs to another user, and is not used",
                hints: "Look at it, then: sudo chown \(geteuid()) \(shellQuoted(path))")
        }
        guard facts.st_mode & forbidden == 0 else {
            throw CLIFailure(
                .other, "\(path) is open to other users, and is not used",
                hints: "If you trust what is in it: chmod \(right) \(shellQuoted(path))")
        }
    }

    private func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }

    private func isLink(_ path: String) -> CLIFailure {
        CLIFailure(
            .other, "\(path) is a symbolic link or not what it should be, and is not used",
            hints: "Remove it, or set XDG_CONFIG_HOME to another folder.")
    }

    private func failure(_ what: String) -> CLIFailure {
        CLIFailure(.other, "\(what): \(String(cString: strerror(errno)))")
    }
}
