// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import StandaloneCommands

@main
struct StandaloneProgram {
    static func main() async {
        await StandaloneEntry.main()
    }
}
