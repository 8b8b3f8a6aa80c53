// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import FoundationEssentials
import Glibc
import Testing

@testable import CLICommands

@Suite struct PrivateFolderTests {
    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
    }

    @Test func `folder and files are for their owner alone`() async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            try folder.make()
            try folder.write([1, 2], to: "tokens.json")
            try folder.write([3], to: "tokens.json")
            #expect(try folder.read("tokens.json", isSecret: true) == [3])
            #expect(mode(folder.path) == 0o700)
            #expect(mode(folder.path + "/tokens.json") == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["tokens.json"])
        }
    }

    @Test func `what is not there reads as nothing`() async throws {
        try await withConfigFolder { folder, _ in
            #expect(try folder.read("tokens.json", isSecret: true) == nil)
            try folder.make()
            #expect(try folder.read("tokens.json", isSecret: true) == nil)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o622] as [mode_t])
    func `a secret file that is open to others is refused with the command that closes it`(_ mode: mode_t) async throws
    {
        try await withConfigFolder { folder, _ in
            try folder.make()
            try folder.write([1], to: "tokens.json")
            chmod(folder.path + "/tokens.json", mode)
            let failure = #expect(throws: CLIFailure.self) { try folder.read("tokens.json", isSecret: true) }
            #expect(failure?.hints.first?.hasSuffix("chmod 600 \(folder.path)/tokens.json") == true)
        }
    }

    @Test func `the config file may be read by others but not written`() async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            try folder.write([1], to: "config.yaml")
            chmod(folder.path + "/config.yaml", 0o644)
            #expect(try folder.read("config.yaml", isSecret: false) == [1])
            chmod(folder.path + "/config.yaml", 0o664)
            #expect(throws: CLIFailure.self) { try folder.read("config.yaml", isSecret: false) }
        }
    }

    @Test func `a folder that is open to others is refused with the command that closes it`() async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            chmod(folder.path, 0o755)
            for attempt in [
                { _ = try folder.read("x", isSecret: true) }, { try folder.write([], to: "x") }, folder.make,
            ] {
                let failure = #expect(throws: CLIFailure.self) { try attempt() }
                #expect(failure?.hints.first?.hasSuffix("chmod 700 \(folder.path)") == true)
            }
        }
    }

    @Test func `links and pipes are not followed`() async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            let other = folder.path + "/other"
            try folder.write([1], to: "other")
            symlink(other, folder.path + "/link")
            mkfifo(folder.path + "/pipe", 0o600)
            #expect(throws: CLIFailure.self) { try folder.read("link", isSecret: true) }
            #expect(throws: CLIFailure.self) { try folder.read("pipe", isSecret: true) }
            try folder.write([2], to: "link")
            #expect(try folder.read("other", isSecret: true) == [1])
            #expect(try folder.read("link", isSecret: true) == [2])

            let real = folder.path + "-real"
            rename(folder.path, real)
            symlink(real, folder.path)
            #expect(throws: CLIFailure.self) { try folder.read("other", isSecret: true) }
        }
    }

    @Test func `one at a time holds the lock`() async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            try folder.write([0], to: "count")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await folder.locked {
                            let count = try folder.read("count", isSecret: true)?.first ?? 0
                            await Task.yield()
                            try folder.write([count + 1], to: "count")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try folder.read("count", isSecret: true) == [20])
        }
    }
}
