// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials
import Shared

/// Files that a user names.
enum InputFile {
    /// The largest that is read.
    static let maximumSize = 64 << 20

    /// The content of a file; `-` is standard input.
    static func bytes(at path: String) throws(CLIFailure) -> [UInt8] {
        let name = path == "-" ? "standard input" : EscapedText.bare(path)
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path == "-" ? "/dev/stdin" : path))
        } catch {
            throw CLIFailure(.usage, "\(name) cannot be read: \(reason(error))")
        }
        guard data.count <= maximumSize else { throw CLIFailure(.usage, "\(name) is larger than 64 MiB") }
        return Array(data)
    }

    /// The job files of a folder, by name, not those of the folders in it; a path of anything else is itself.
    static func files(at path: String) throws(CLIFailure) -> [String] {
        var isFolder = false
        guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
            return [path]
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw CLIFailure(.usage, "\(EscapedText.bare(path)) cannot be read: \(reason(error))")
        }
        let endings = [".yaml", ".yml", ".json"]
        let files = names.filter { name in !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) } }.sorted()
        guard !files.isEmpty else {
            throw CLIFailure(.usage, "\(EscapedText.bare(path)) has no files that end in .yaml, .yml or .json")
        }
        return files.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file"
        case .fileReadNoPermission?: "permission denied"
        default: "it is no readable file"
        }
    }
}
