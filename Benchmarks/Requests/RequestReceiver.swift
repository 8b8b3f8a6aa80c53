// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Glibc
import Histogram
import Shared
import Synchronization

/// An HTTP server of one thread that says 200 to everything, or nothing at all, and counts: as little beside what is measured as
/// can be.
final class RequestReceiver: Sendable {
    /// The slots of a span of time.
    struct Window {
        let start: Timestamp
        let end: Timestamp
        /// From the slot until the first byte was here; µs.
        var lags = Histogram<UInt32>(numberOfSignificantValueDigits: .three)
    }

    let port: Int
    private let answers: Bool
    private let received = Atomic(0)
    private let window = Mutex<Window?>(nil)
    private let isStopped = Atomic(false)

    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)

    /// Listens on every loopback address; without `answers` it swallows everything.
    init(answers: Bool = true) throws {
        let (listener, port) = try LocalSocket.listen(backlog: 4_096, everywhere: true)
        self.port = port
        self.answers = answers
        Thread.detachNewThread { [self] in serve(listener) }
    }

    /// Requests that have come.
    var count: Int { received.load(ordering: .relaxed) }

    /// Notes how late the slots from `start` up to `end` are, until it is asked for them.
    func measure(from start: Timestamp, to end: Timestamp) {
        window.withLock { $0 = Window(start: start, end: end) }
    }

    /// What was noted.
    func measured() -> Window? {
        window.withLock { window in
            defer { window = nil }
            return window
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func serve(_ listener: Int32) {
        var files = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        var rests: [Int32: [UInt8]] = [:]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isStopped.load(ordering: .relaxed) {
            guard poll(&files, UInt(files.count), 100) > 0 else { continue }
            for file in files[1...] where file.revents != 0 {
                let size = read(file.fd, &buffer, buffer.count)
                guard size > 0 else {
                    close(file.fd)
                    files.removeAll { $0.fd == file.fd }
                    rests[file.fd] = nil
                    continue
                }
                var text = rests[file.fd, default: []]
                text += buffer[..<size]
                note(text)
                let count = Self.takeRequests(from: &text)
                rests[file.fd] = text
                guard count > 0 else { continue }
                received.add(count, ordering: .relaxed)
                guard answers else { continue }
                for _ in 0..<count { _ = write(file.fd, Self.answer, Self.answer.count) }
            }
            if files[0].revents != 0 {
                let connection = accept(listener, nil, nil)
                var on: Int32 = 1
                setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                files.append(pollfd(fd: connection, events: Int16(POLLIN), revents: 0))
            }
        }
        for file in files { close(file.fd) }
    }

    /// Of a request that has just come.
    private func note(_ text: [UInt8]) {
        let now = WallClock.microseconds()
        window.withLock { window in
            guard let (start, end) = window.map({ ($0.start, $0.end) }),
                let field = Self.find("ed-Time: ", in: text[...]),
                let slot = Timestamp(rfc3339: String(decoding: text[(field + 9)...].prefix(24), as: UTF8.self)),
                start <= slot, slot < end
            else { return }
            _ = window?.lags.record(UInt64(max(0, now - slot.millisecondsSinceEpoch * 1_000)))
        }
    }

    /// Takes the whole requests from the front; gives how many there were.
    private static func takeRequests(from text: inout [UInt8]) -> Int {
        var count = 0
        var start = 0
        while let end = find("\r\n\r\n", in: text[start...]) {
            var length = 0
            if let field = find("ength: ", in: text[start..<end]) {
                for byte in text[(field + 7)...] {
                    guard (0x30...0x39).contains(byte) else { break }
                    length = length * 10 + Int(byte) - 0x30
                }
            }
            guard end + 4 + length <= text.count else { break }
            start = end + 4 + length
            count += 1
        }
        text.removeFirst(start)
        return count
    }

    private static func find(_ words: StaticString, in text: ArraySlice<UInt8>) -> Int? {
        let length = words.utf8CodeUnitCount
        return text.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, bytes.count >= length else { return nil }
            let place = (0...bytes.count - length).first { memcmp(start + $0, words.utf8Start, length) == 0 }
            return place.map { text.startIndex + $0 }
        }
    }
}
