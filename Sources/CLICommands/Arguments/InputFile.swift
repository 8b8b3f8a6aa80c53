// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials
private import Glibc
import Shared

/// Files that a user names.
enum InputFile {
    /// The largest that is read.
    static let maximumSize = 64 << 20

    /// The text of a file, which is UTF-8; `-` is standard input.
    static func text(at path: String) throws(CLIFailure) -> [UInt8] {
        let bytes = try bytes(at: path)
        do throws(NotUTF8) {
            _ = try UTF8Text.content(of: bytes)
        } catch {
            let name = path == "-" ? "standard input" : EscapedText.bare(path)
            let place = error.encoding == nil ? "\(name):\(UTF8Text.line(of: error.offset, in: bytes))" : name
            throw CLIFailure(
                .usage, "\(place) \(error.reason)",
                hints: "Convert it: \(error.conversion(of: path == "-" ? "FILE" : shellQuoted(path))) > NEW")
        }
        return bytes
    }

    private static func bytes(at path: String) throws(CLIFailure) -> [UInt8] {
        if path == "-" { return try standardInput() }
        let name = path.isEmpty ? "\"\"" : EscapedText.bare(path)
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw CLIFailure(.usage, "\(name) cannot be read: \(reason(error, path))")
        }
        guard data.count <= maximumSize else { throw CLIFailure(.usage, "\(name) is larger than 64 MiB") }
        return Array(data)
    }

    /// Reads the descriptor itself: `/dev/stdin` cannot be opened where it is another user's pipe.
    private static func standardInput() throws(CLIFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CLIFailure(.usage, "standard input cannot be read") }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumSize else { throw CLIFailure(.usage, "standard input is larger than 64 MiB") }
        }
    }

    /// The job files of a folder, by name, not those of the folders in it; a path of anything else is itself.
    static func files(at path: String) throws(CLIFailure) -> [String] {
        guard path != "-", isFolder(path) else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw CLIFailure(.usage, "\(EscapedText.bare(path)) cannot be read: \(reason(error, path))")
        }
        let endings = [".yaml", ".yml", ".json"]
        let files = names.filter { name in !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) } }.sorted()
        guard !files.isEmpty else {
            throw CLIFailure(.usage, "\(EscapedText.bare(path)) has no files that end in .yaml, .yml or .json")
        }
        return files.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }

    private static func reason(_ error: any Error, _ path: String) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file"
        case .fileReadNoPermission?: "permission denied"
        case _ where isFolder(path): "it is a folder"
        default: "it is no readable file"
        }
    }
}

extension MalformedJSON {
    /// Line and column, both from 1, of the text that was read: `12:3`; a column is a character, as editors count.
    func place(in text: [UInt8]) -> String {
        let starts = UTF8Text.lineStarts(in: text.prefix(offset))
        let start = starts.last ?? (text.starts(with: UTF8Text.mark) ? UTF8Text.mark.count : 0)
        let column = offset < start ? 1 : String(decoding: text[start..<offset], as: UTF8.self).count + 1
        return "\(starts.count + 1):\(column)"
    }
}
