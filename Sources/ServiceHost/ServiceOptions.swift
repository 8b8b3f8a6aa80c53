// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import ArgumentParser

/// The command line that all our services share.
package struct ServiceOptions: ParsableArguments {
    @Argument(
        help: "The env file with the settings; the environment wins over it. (default: .env, if there is one)")
    package var envFile: String?

    @Flag(help: "Validate the configuration, print it with secrets masked, and exit.")
    package var check = false

    /// As the parser wants it.
    package init() {}
}
