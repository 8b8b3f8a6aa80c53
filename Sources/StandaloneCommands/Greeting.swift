// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Foundation
private import Glibc
package import Shared

/// What is printed when the API listens: where everything is, and how to go on.
package struct Greeting: Sendable {
    /// The data folder.
    let folder: String
    /// The path of the link to the page; `nil` = the owner is not let in without a provider.
    let linkTarget: String?
    /// Whether a job's runs can leave over the bus.
    let hasBus: Bool
    let isQuiet: Bool
    let opensBrowser: Bool

    package init(folder: String, linkTarget: String?, hasBus: Bool, isQuiet: Bool, opensBrowser: Bool) {
        self.folder = folder
        self.linkTarget = linkTarget
        self.hasBus = hasBus
        self.isQuiet = isQuiet
        self.opensBrowser = opensBrowser
    }

    /// Prints it to standard output, whole lines at once, and opens the page where that was asked for.
    func say(at address: ListenAddress) {
        LogSink(descriptor: 1).write(text(at: address)) { _ in "" }
        guard opensBrowser, let linkTarget else { return }
        let browser = Process()
        browser.executableURL = URL(filePath: "/usr/bin/env")
        browser.arguments = ["xdg-open", "http://\(address)\(linkTarget)"]
        (browser.standardInput, browser.standardOutput, browser.standardError) = (nil, nil, nil)
        try? browser.run()
    }

    /// The text, for the address that was taken.
    package func text(at address: ListenAddress) -> String {
        let url = "http://\(address)/api"
        if isQuiet { return url }
        var lines = ["", "Simple Scheduler is running.", "", "  API   \(url)", "  Data  \(folder)"]
        guard let linkTarget else { return (lines + [""]).joined(separator: "\n") }
        lines += [
            "  Page  http://\(address)\(linkTarget)", "        (this link works once, within 30 minutes)", "",
            "A first job, by the command line or by curl:", "",
        ]
        let file = "\(folder)/\(StandaloneSettings.tokenFile)"
        let token = "$(cat \(file.contains(" ") ? "'\(file)'" : file))"
        let isDefault = folder == StandaloneSettings.defaultFolder(ProcessInfo.processInfo.environment)
        let receiver = "http://127.0.0.1:9000/"
        let (flag, field) =
            hasBus ? ("", "") : (" --http \(receiver)", #","delivery":{"http":{"url":"\#(receiver)"}}"#)
        let variable = isDefault ? "" : "SIMPLE_SCHEDULER_TOKEN=\"\(token)\" "
        let target = address.port == 8080 ? "" : " -u \(url)"
        lines += [
            "  \(variable)simple-scheduler-cli add job hello --interval 10s\(flag)\(target)",
            "",
            "  curl -H \"Authorization: Bearer \(token)\" \\",
            "    --json '{\"name\":\"hello\",\"interval\":10000\(field)}' \(url)/jobs",
            "",
        ]
        return lines.joined(separator: "\n")
    }
}
