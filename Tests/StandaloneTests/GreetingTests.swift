// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import StandaloneCommands
import Testing

struct GreetingTests {
    private let address = ListenAddress(host: "127.0.0.1", port: 4711)

    private func text(link: String? = "/login?code=x", hasBus: Bool = false, isQuiet: Bool = false) -> String {
        Greeting(folder: "/data", linkTarget: link, hasBus: hasBus, isQuiet: isQuiet, opensBrowser: false)
            .text(at: address)
    }

    @Test func `it says where everything is, and how to make a first job`() {
        let text = text()
        for part in [
            "http://127.0.0.1:4711/api\n", "http://127.0.0.1:4711/login?code=x\n", "/data\n",
            "simple-scheduler-cli add job", "-u http://127.0.0.1:4711/api", "$(cat /data/token)", "curl",
            #""delivery":{"http""#, "--http http://",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `with a bus the first job is delivered over it`() {
        #expect(!text(hasBus: true).contains("delivery"))
        #expect(!text(hasBus: true).contains("--http"))
    }

    @Test func `with a provider there is no link, and quiet there is the address alone`() {
        #expect(!text(link: nil).contains("login"))
        #expect(text(isQuiet: true) == "http://127.0.0.1:4711/api")
    }
}
