// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import FoundationEssentials
import Testing

@testable import CLICommands

@Suite struct LoginDocumentTests {
    @Test func `every variable that is read is documented`() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let page = try String(contentsOf: root.appending(path: "docs/login.md"), encoding: .utf8)
        for variable in CLIEnvironment.Variable.allCases { #expect(page.contains("`\(variable.rawValue)`")) }
    }
}
