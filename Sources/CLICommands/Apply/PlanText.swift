// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Shows what `apply` is going to do.
struct PlanText {
    let screen: Screen

    /// The lines of all changes, then how many there are of each kind.
    func lines(_ changes: [JobChange]) -> [String] {
        let shown = changes.filter { $0.action != .keep }
        return shown.flatMap { lines($0) } + [summary(changes)]
    }

    /// `2 to create, 1 to update, 0 to delete, 7 unchanged`.
    func summary(_ changes: [JobChange]) -> String {
        var counts = (create: 0, update: 0, delete: 0, keep: 0)
        for change in changes {
            switch change.action {
            case .create: counts.create += 1
            case .update: counts.update += 1
            case .delete: counts.delete += 1
            case .keep: counts.keep += 1
            }
        }
        return
            "\(counts.create) to create, \(counts.update) to update, \(counts.delete) to delete, \(counts.keep) unchanged"
    }

    private func lines(_ change: JobChange) -> [String] {
        switch change.action {
        case .create: return [screen.styled("+ \(change.name)", .green)] + slots(change)
        case .update:
            return [screen.styled("~ \(change.name)", .yellow)] + change.fields.map { field($0) } + slots(change)
        case .delete: return [screen.styled("- \(change.name)", .red)] + slots(change)
        case .keep: return ["= \(change.name)"]
        }
    }

    private func field(_ field: JobChange.Field) -> String {
        let (before, after) = (text(field.before, field.name), text(field.after, field.name))
        // Nobody is told secrets, so what a file says of them cannot be compared.
        let change =
            field.name == .delivery && before == after
            ? "\(after) (its secrets are set again)"
            : "\(before) → \(after)"
        return fitted("    \(field.name.rawValue): \(change)")
    }

    /// A field that is absent has its default.
    private func text(_ value: JSONValue?, _ name: JobField) -> String {
        let value = value ?? name.cleared
        let shown = name == .delivery ? JobDelivery.masked(value) : value
        return shown == .null ? "not set" : FieldText.text(name.rawValue, shown, plain)
    }

    private func slots(_ change: JobChange) -> [String] {
        let before = change.slotsBefore.map { "    next before: \(text($0))" }
        let after = change.slotsAfter.map { "    next after:  \(text($0))" }
        guard change.slotsBefore != change.slotsAfter else { return [] }
        return [before, after].compactMap { $0 }.map { fitted($0) }
    }

    private func text(_ slots: [Timestamp]) -> String {
        let times = slots.map { screen.time($0) }
        // Far away only the day is said, which may be the same.
        let isClear = Set(times).count == times.count
        return slots.isEmpty ? "never" : (isClear ? times : slots.map(\.rfc3339)).joined(separator: ", ")
    }

    private func fitted(_ line: String) -> String {
        screen.width.map { TextWidth.fit(line, $0) } ?? line
    }

    /// Both sides of a change are shown as they are stored.
    private var plain: Screen { Screen(now: screen.now) }
}
