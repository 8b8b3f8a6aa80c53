// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension ZoneRules {
    /// The local time and its offset, as in RFC 3339: `2026-03-29T03:00:00+02:00`.
    ///
    /// Offsets of the time before zones had whole minutes get their seconds, too (`+00:53:28`), as in ISO 8601.
    package func localText(at instant: Timestamp) -> String {
        let seconds = Int(offset(at: instant).components.seconds)
        let size = abs(seconds)
        var parts = [size / 3_600, size / 60 % 60]
        if size % 60 != 0 { parts.append(size % 60) }
        let digits = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(localTime(at: instant))\(seconds < 0 ? "-" : "+")\(digits)"
    }
}
