// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is no YAML that is read here.
struct MalformedYAML: Error, Equatable {
    let line: Int
    let reason: String
}
