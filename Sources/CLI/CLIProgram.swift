// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CLICommands

@main
enum CLIProgram {
    static func main() {
        CLIEntry.main()
    }
}
