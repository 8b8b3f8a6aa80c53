// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import ArgumentParser
private import Glibc
private import Shared

/// Where the program begins: the first word is a command, or there is none and it serves.
package enum StandaloneEntry {
    /// Runs what the process was started for; ends the process when that failed.
    package static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        let rest = Array(words.dropFirst())
        switch words.first {
        case "backup": await BackupCommand.main(rest)
        case "restore": await RestoreCommand.main(rest)
        case "check": await CheckCommand.main(rest)
        case "promote": await PromoteCommand.main(rest)
        case _ where words.contains { $0.contains("://") }:
            // The parser's complaint would repeat the address, and its password.
            LogSink().write("Error: there is no such command; see --help") { _ in "" }
            exit(64)
        default: await StandaloneMain.main(words)
        }
    }
}
