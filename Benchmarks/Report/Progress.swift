// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Glibc

/// Shows on standard error where the run is: one changing line on a terminal, otherwise a line now and then.
final class Progress {
    private let isTerminal = isatty(2) == 1
    private let started = ContinuousClock.now
    private var part = ""
    private var partStarted = ContinuousClock.now
    private var lastPhase = ""
    private var lastShown = ContinuousClock.now - .seconds(60)

    /// Since the start of the program.
    var elapsedSeconds: Double { (ContinuousClock.now - started) / .seconds(1) }

    /// A part begins.
    func begin(_ part: String) {
        self.part = part
        partStarted = .now
        show("starting")
    }

    /// Says what is being done; `detail` may change often.
    func show(_ phase: String, _ detail: String = "") {
        let isNew = phase != lastPhase
        guard isNew || lastShown.duration(to: .now) > (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        lastPhase = phase
        lastShown = .now
        let line =
            "\(Int(elapsedSeconds)) s".padded(toRight: 7) + "  \(part): \(phase)\(detail.isEmpty ? "" : ", ")\(detail)"
        write(isTerminal ? "\r\u{1b}[K\(line.prefix(110))" : line + "\n")
    }

    /// Something went wrong.
    func complain(_ text: String) {
        write((isTerminal ? "\r\u{1b}[K" : "") + "         \(part): FAILED: \(text)\n")
    }

    /// The part is over.
    func end() {
        let seconds = (ContinuousClock.now - partStarted) / .seconds(1)
        write((isTerminal ? "\r\u{1b}[K" : "") + "         \(part): done in \(seconds.shortText) s\n")
        lastPhase = ""
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
