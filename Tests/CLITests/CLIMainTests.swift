// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Testing

@testable import CLICommands

@Suite struct CLIMainTests {
    @Test func `the program has the name that the contract gives it`() {
        #expect(CLIMain.configuration.commandName == "simple-scheduler-cli")
    }
}
