// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// How results are written.
enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// For people.
    case table
    /// For programs: the API's JSON.
    case json
    /// The same as YAML.
    case yaml
    /// Names or ids only, one per line.
    case name
}
