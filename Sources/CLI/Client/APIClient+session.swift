// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension APIClient {
    /// The API that the options lead to.
    ///
    /// Writes nothing to the terminal when it is to be quiet.
    init(_ options: ConnectionOptions, isQuiet: Bool = false) throws(CLIFailure) {
        let session = try Session(options)
        tokens = session.tokens
        transport = HTTPTransport(url: session.url)
        if !isQuiet { notice = { Console.standard.note($0) } }
    }
}
