// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import Synchronization
import Testing

struct LogSinkTests {
    /// All that is in the pipe now, without waiting for more.
    private func drain(_ pipe: Pipe) -> [UInt8] {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        defer { _ = fcntl(descriptor, F_SETFL, 0) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    private func notice(_ lost: UInt64) -> String { "lost \(lost)" }

    @Test func `lines that nobody reads are dropped, counted and reported`() throws {
        let pipe = Pipe()
        let dropped = Mutex(0)
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor) { dropped.withLock { $0 += 1 } }
        let line = String(repeating: "x", count: 999)
        // A pipe holds 64 KiB: this would block for ever if the sink waited for a reader.
        for _ in 0..<1000 { sink.write(line, notice: notice) }
        let lost = dropped.withLock { $0 }
        #expect(lost > 900)
        let stored = drain(pipe)
        #expect(stored.count == (1000 - lost) * 1000)
        sink.write("after", notice: notice)
        try pipe.fileHandleForWriting.close()
        let rest = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        #expect(rest == "lost \(lost)\nafter\n")
        #expect(dropped.withLock { $0 } == lost)
    }

    @Test func `a line that was cut off is ended before the next`() throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        sink.write(String(repeating: "x", count: 1 << 20), notice: notice)
        let stored = drain(pipe)
        #expect(stored.count > 0 && stored.last == UInt8(ascii: "x"))
        sink.write("after", notice: notice)
        try pipe.fileHandleForWriting.close()
        let rest = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        #expect(rest == "\nlost 1\nafter\n")
    }

    @Test func `a full disk costs lines and nothing else`() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let dropped = Mutex(0)
        let sink = LogSink(descriptor: full.fileDescriptor) { dropped.withLock { $0 += 1 } }
        sink.write("a", notice: notice)
        sink.write("b", notice: notice)
        #expect(dropped.withLock { $0 } == 2)
    }

    @Test func `a descriptor that is not open costs lines and nothing else`() {
        let dropped = Mutex(0)
        LogSink(descriptor: 9999) { dropped.withLock { $0 += 1 } }.write("a", notice: notice)
        #expect(dropped.withLock { $0 } == 1)
    }
}
