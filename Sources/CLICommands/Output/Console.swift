// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
import Shared

/// The terminal, files or pipes that the program was started with.
///
/// Results go to standard output; what a person should know besides goes to standard error.
struct Console: Sendable {
    static let standard = Console()

    /// Whether standard input is a terminal, where one can be asked.
    var canAsk: Bool { isatty(0) == 1 && isatty(2) == 1 }
    /// Whether standard error is a terminal, where a line may be written over.
    var showsProgress: Bool { isatty(2) == 1 }

    /// What standard output is.
    func screen() -> Screen {
        var screen = Screen(now: SystemClock().now())
        screen.isTerminal = isatty(1) == 1
        guard screen.isTerminal else { return screen }
        var size = winsize()
        let isKnown = ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        screen.width = isKnown ? Int(size.ws_col) : 80
        if isKnown, size.ws_row > 0 { screen.height = Int(size.ws_row) }
        screen.hasColors = Self.variable("NO_COLOR").isEmpty && Self.variable("TERM") != "dumb"
        return screen
    }

    /// Writes lines to standard output, each with its end; nothing, once whoever read has gone.
    ///
    /// What the command does goes on to its end, and its exit code stands, whoever reads.
    func print(_ lines: [String]) {
        if !lines.isEmpty { write(lines.joined(separator: "\n") + "\n", to: 1) }
    }

    func print(_ line: String) { print([line]) }

    /// Whether there is still somebody to write to; what has no end of its own ends then.
    var isRead: Bool {
        var entry = pollfd(fd: 1, events: 0, revents: 0)
        return poll(&entry, 1, 0) <= 0 || entry.revents & Int16(POLLERR | POLLHUP) == 0
    }

    /// Writes to standard output as it is.
    func write(_ text: String) { write(text, to: 1) }

    /// Tells a person something that is no result.
    func note(_ line: String) {
        write((showsProgress ? "\r\u{1B}[K" : "") + line + "\n", to: 2)
    }

    /// Writes what a person is asked, without an end of the line.
    func prompt(_ text: String) { write(text, to: 2) }

    /// Shows a line that the next one takes the place of; nothing where that is not possible.
    func progress(_ line: String) {
        guard showsProgress else { return }
        var size = winsize()
        let width = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        write("\r\u{1B}[K" + TextWidth.fit(line, width - 1), to: 2)
    }

    /// Takes the line of `progress` away.
    func endProgress() {
        if showsProgress { write("\r\u{1B}[K", to: 2) }
    }

    /// Asks a question that is answered by yes or no.
    ///
    /// - Throws: `CLIFailure` with code `usage` where nobody can be asked.
    func confirm(_ question: String) throws(CLIFailure) -> Bool {
        guard canAsk else {
            throw CLIFailure(.usage, "there is no terminal to ask at", hints: "Say yes beforehand: --yes")
        }
        write("\(question) [y/N] ", to: 2)
        let answer = readLine() ?? ""
        return ["y", "yes"].contains(answer.lowercased())
    }

    private func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, -1)
                continue
            }
            // Whoever read has enough, as with `| head`.
            if count < 0, errno == EPIPE { return }
            if count < 0 {
                let reason = String(cString: strerror(errno))
                if descriptor == 1 { note("error: standard output cannot be written: \(reason)") }
                exit(CLIFailure.Code.other.rawValue)
            }
            start += count
        }
    }

    private static func variable(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }
}
