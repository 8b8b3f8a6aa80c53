// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared
private import Synchronization

/// What a file of lines says; blank lines and those that begin with `#` say nothing.
package protocol LineFile: Sendable {
    /// What the file is, to begin "… was read again".
    static var title: String { get }
    /// How many lines count.
    var count: Int { get }
    /// What is wrong with a line, counted from 1; never anything of a secret.
    var faults: [(line: Int, expected: String)] { get }

    /// No lines.
    init()
    /// Takes in the words of the next line, of which there is at least one.
    mutating func read(_ words: [Substring]) throws(Expectation)
    /// Notes what is wrong with a line.
    mutating func add(fault line: Int, _ expected: String)
}

/// What a line was expected to be.
package struct Expectation: Error {
    package let text: String

    package init(text: String) {
        self.text = text
    }
}

extension LineFile {
    /// Reads the lines of a file of at most a mebibyte.
    package init(_ bytes: [UInt8]) {
        self.init()
        guard bytes.count <= WatchedFile<Self>.maximumSize else {
            add(fault: 1, "a file of at most 1 MiB")
            return
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) {
            ["\n", "\r\n"].contains($0)
        }
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            do throws(Expectation) { try read(words) } catch { add(fault: index + 1, error.text) }
        }
    }
}

/// A file of lines that is looked at again when its content is asked for and the last look was ``interval`` ago.
///
/// A line that cannot be read then is logged and counts for nothing. While there is no file that can be read, none of its lines counts.
package final class WatchedFile<Content: LineFile>: Sendable {
    private struct State {
        var content: Content
        var facts: FileFacts?
        var lookedAt: Duration
    }

    /// How long what is known of the file is good for.
    private static var interval: Duration { .seconds(2) }
    /// The most bytes that a file may have.
    package static var maximumSize: Int { 1 << 20 }

    private let path: String
    private let clock: any EngineClock
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file that a setting names.
    ///
    /// - Throws: `InvalidSettings` for a file that cannot be read, and for every line that cannot.
    package init(
        path: String, setting: SettingName, clock: any EngineClock = SystemClock(), logger: Logger
    ) throws(InvalidSettings) {
        let (facts, lookedAt) = (FileFacts(path: path), clock.uptime())
        let content: Content
        do throws(UnreadableFile) {
            content = Content(try SmallFile.read(path, limit: Self.maximumSize))
        } catch {
            throw InvalidSettings([
                SettingFault(setting, value: path, expected: "a file that can be read (\(error.reason))")
            ])
        }
        guard content.faults.isEmpty else {
            throw InvalidSettings(
                content.faults.map { SettingFault(subject: "\(path):\($0.line)", expected: $0.expected) })
        }
        self.path = path
        self.clock = clock
        self.logger = logger
        state = Mutex(State(content: content, facts: facts, lookedAt: lookedAt))
    }

    /// What it says now, or said a moment ago.
    package var content: Content {
        state.withLock { state in
            look(&state)
            return state.content
        }
    }

    private func look(_ state: inout State) {
        let now = clock.uptime()
        guard now - state.lookedAt >= Self.interval else { return }
        state.lookedAt = now
        let facts = FileFacts(path: path)
        guard facts != state.facts else { return }
        state.facts = facts
        do throws(UnreadableFile) {
            let content = Content(try SmallFile.read(path, limit: Self.maximumSize))
            state.content = content
            for fault in content.faults.prefix(20) {
                logger.log(
                    .error, "a line of \(Content.title) cannot be read and does not count",
                    [.object: "\(path):\(fault.line)", .reason: "expected \(fault.expected)"])
            }
            logger.log(.notice, "\(Content.title) was read again", [.count: "\(content.count)"])
        } catch {
            state.content = Content()
            logger.log(
                .error, "\(Content.title) cannot be read: none of its lines counts",
                [.object: "\(path)", .reason: "\(error.reason)"])
        }
    }
}
