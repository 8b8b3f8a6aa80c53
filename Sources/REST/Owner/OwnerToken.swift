// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
package import Shared

/// The secret of whoever owns a data folder: a random text in the file `token` in it, which only this user can read.
package struct OwnerToken: Sendable {
    /// 32 random bytes in base64url; never to be logged.
    package let text: String

    private static let size = 32

    /// Reads the token of a folder; makes a new one, and the folder, when there is none that is fit to be a secret: when
    /// others could have read or written it, or it is not of our making.
    ///
    /// - Throws: `InvalidSettings` when neither can be done.
    package init(in folder: String) throws(InvalidSettings) {
        let path = "\(folder)/\(StandaloneSettings.tokenFile)"
        if let known = Self.read(path) {
            text = known
            return
        }
        text = Self.random()
        guard Self.make(folder), Self.write(text, to: path) else {
            let reason = String(cString: strerror(errno))
            throw InvalidSettings([SettingFault(subject: path, expected: "a file that can be written (\(reason))")])
        }
    }

    /// A text that nobody can guess.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard FileFacts(descriptor: file)?.isSecret ?? false else { return nil }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self).prefix { $0 != "\n" }
        return Base64URL.decode(text.utf8)?.count == size ? String(text) : nil
    }

    private static func make(_ folder: String) -> Bool {
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return false }
        return make(String(folder[..<slash])) && mkdir(folder, 0o700) == 0
    }

    /// Under another name first: whoever reads finds all of it, and never one that others can read.
    private static func write(_ text: String, to path: String) -> Bool {
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        let line = Array("\(text)\n".utf8)
        let isWritten = Glibc.write(file, line, line.count) == line.count && fsync(file) == 0
        close(file)
        return isWritten && rename(draft, path) == 0
    }
}
