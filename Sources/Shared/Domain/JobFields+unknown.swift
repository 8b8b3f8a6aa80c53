// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JobFields {
    /// What is wrong with a name that is no field of a job, with the one that was most likely meant.
    package static func unknown(_ name: String) -> String {
        "is not a field of a job" + (nearest(to: name).map { "; did you mean \($0)?" } ?? "")
    }

    /// The field that a name most likely means: one that is spelled otherwise (`time_zone`, `time-zone`, `timezone`), or
    /// nearly so; `nil` = it resembles none.
    package static func nearest(to name: String) -> String? {
        let known = names.union(["name"]).sorted()
        let letters = name.prefix(64).lowercased().filter { $0.isASCII && $0.isLetter }
        let guess = letters.nearest(in: known.map { $0.lowercased() }, within: letters.count > 4 ? 2 : 1)
        return known.first { $0.lowercased() == guess }
    }
}
