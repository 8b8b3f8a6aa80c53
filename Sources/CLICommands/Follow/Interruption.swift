// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Dispatch
private import Glibc

/// Says something before Ctrl-C ends the program.
struct Interruption {
    private let source: any DispatchSourceSignal

    /// From now on until `end`.
    init(_ sentence: String) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            Console.standard.endProgress()
            Console.standard.note(sentence)
            exit(130)
        }
        source.resume()
    }

    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
