// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One thing that is wrong with the configuration, in a form that an operator can act on.
package struct SettingFault: Hashable, Sendable, CustomStringConvertible {
    /// What is at fault: the name of a variable, or `path:line` of an env file.
    package let subject: String
    /// The value as it was given; `nil` where it is secret or there is none.
    package let value: String?
    /// What was expected instead.
    package let expected: String

    /// A fault of a variable.
    ///
    /// `value` must be `nil` when the variable may hold a credential.
    package init(_ name: SettingName, value: String? = nil, expected: String) {
        self.init(subject: name.rawValue, value: value, expected: expected)
    }

    /// A fault of something else, such as a line of a file.
    package init(subject: String, value: String? = nil, expected: String) {
        self.subject = subject
        self.value = value
        self.expected = expected
    }

    /// One line, whatever the value holds; a long value is cut.
    package var description: String {
        let shown = value.map { "=" + EscapedText.quoted(String($0.prefix(200))) } ?? ""
        return "\(EscapedText.bare(subject))\(shown): expected \(EscapedText.bare(expected))"
    }
}
