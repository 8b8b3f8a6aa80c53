// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The address of a server with its credentials.
///
/// Whatever prints it prints it masked; only ``secretText`` has it all.
package struct ConnectionString: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The string as it was given.
    ///
    /// For drivers only; never to be logged, shown or put into an error.
    package let secretText: String

    /// What stands before `://`; one of those that were asked for.
    package let scheme: String

    /// Takes a text that begins with one of the schemes (`amqp`, say) and `://`, in lower case; `nil` for others.
    package init?(_ text: String, schemes: [String]) {
        guard let scheme = schemes.first(where: { text.hasPrefix($0 + "://") }),
            text.utf8.count > scheme.utf8.count + 3,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f })
        else { return nil }
        self.scheme = scheme
        secretText = text
    }

    /// A default of ours.
    static func known(_ text: String, _ schemes: [String]) -> ConnectionString {
        guard let string = ConnectionString(text, schemes: schemes) else {
            preconditionFailure("a default must be a connection string")
        }
        return string
    }

    /// Scheme, host, port and database; `***` stands for the user info, options are left out.
    ///
    /// An `@` or `?` that was not percent-encoded makes it unclear where a password ends; then nothing but the scheme
    /// is shown.
    package var description: String {
        let rest = secretText.dropFirst(scheme.count + 3)
        let address = rest.prefix { $0 != "?" && $0 != "#" }
        guard !rest[address.endIndex...].contains("@") else { return "\(scheme)://***" }
        guard let end = address.lastIndex(of: "@") else { return "\(scheme)://\(address)" }
        return "\(scheme)://***@\(address[address.index(after: end)...])"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["masked": description]) }
}
