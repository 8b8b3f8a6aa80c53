// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// Gets the client's secret from where it is not seen.
struct SecretSource: Sendable {
    let environment: CLIEnvironment
    let console: Console

    /// The secret, or `nil` for a public client; the option says a secret, `-` for standard input, or nothing.
    func secret(_ option: String?, isRequired: Bool) throws(CLIFailure) -> String? {
        switch option {
        case "-"?: return try given()
        case let value?:
            console.note(
                "warning: other users of this machine may see the secret in the list of processes, and your shell keeps it;"
                    + " use -s - or SIMPLE_SCHEDULER_CLIENT_SECRET")
            return try checked(value)
        case nil:
            if let value = environment[.clientSecret] { return try checked(value) }
            guard isRequired else { return nil }
            guard isatty(0) == 1 else {
                throw CLIFailure(
                    .usage, "--client-credentials needs the client's secret",
                    hints: "Set SIMPLE_SCHEDULER_CLIENT_SECRET, or give it on standard input with -s -")
            }
            return try given()
        }
    }

    private func given() throws(CLIFailure) -> String {
        let line = (isatty(0) == 1 ? ask() : readLine(strippingNewline: true)) ?? ""
        // A file may begin with a byte order mark, which is no part of the secret in it.
        return try checked(line.first == "\u{FEFF}" ? String(line.dropFirst()) : line)
    }

    private func checked(_ secret: String) throws(CLIFailure) -> String {
        guard !secret.isEmpty, !secret.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw CLIFailure(.usage, "the client's secret is empty, or has control characters in it")
        }
        return secret
    }

    /// Reads a line of the terminal without showing it.
    ///
    /// Ctrl-C ends the line instead of the process, so that the terminal never stays without echo.
    private func ask() -> String? {
        var before = termios()
        guard tcgetattr(0, &before) == 0 else { return readLine() }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO | ISIG)
        quiet.c_cc.11 = Self.interrupt  // VEOL: this ends a line too
        tcsetattr(0, TCSAFLUSH, &quiet)
        console.prompt("Client secret: ")
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(0, &byte, 1) == 1, byte != UInt8(ascii: "\n"), byte != Self.interrupt { line.append(byte) }
        tcsetattr(0, TCSAFLUSH, &before)
        console.prompt("\n")
        if byte == Self.interrupt { exit(130) }
        return String(validating: line, as: UTF8.self)
    }

    /// What Ctrl-C sends.
    private static let interrupt: UInt8 = 3
}
