// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is no cron expression: one sentence that points at the place and says what may stand there.
///
/// Safe to show: it repeats at most 40 characters of the text, all of them printable ASCII.
package struct InvalidCronExpression: Error, Equatable, CustomStringConvertible {
    /// The field at fault; `nil` when the expression as a whole is.
    package let field: CronField?
    /// The place of the field in the text, from 1.
    package let position: Int?
    /// The part of the text at fault; empty when it cannot be shown.
    package let text: String
    /// The rule that was broken, to follow the quoted text.
    package let reason: String
    /// What may stand there instead; empty when the reason says it.
    package let allowed: String

    init(field: CronField? = nil, position: Int? = nil, text: String = "", reason: String, allowed: String = "") {
        self.field = field
        self.position = position
        self.text = text.utf8.count > 40 ? String(text.prefix(37)) + "..." : text
        self.reason = reason
        self.allowed = allowed
    }

    package var description: String {
        var sentence = ""
        if let field, let position { sentence = "field \(position) (\(field.rawValue)): " }
        if !text.isEmpty { sentence += "\"\(text)\" " }
        sentence += reason
        if !allowed.isEmpty { sentence += "; allowed are \(allowed)" }
        return sentence
    }
}
