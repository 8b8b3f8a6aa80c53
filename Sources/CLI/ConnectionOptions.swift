// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// The options of every command that talks to the API.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The address of the API.",
            discussion: "Default: that of the context, or SIMPLE_SCHEDULER_URL, or http://localhost:8080/api.",
            valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The context of the config file to use instead of the current one.", valueName: "name"))
    var context: String?
}
