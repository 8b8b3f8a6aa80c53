// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The token of the owner of this user's default data folder, which `simple-scheduler-standalone` puts there.
struct LocalToken: TokenSource {
    private let text: String
    private let path: String
    private let url: String

    /// Reads it; `nil` when there is none.
    ///
    /// `url` is the API that it is for, on this machine.
    init?(_ environment: CLIEnvironment, url: String) throws(CLIFailure) {
        guard let folder = environment.dataFolder,
            let bytes = try folder.read(StandaloneSettings.tokenFile, isSecret: true)
        else { return nil }
        text = String(decoding: bytes.prefix { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self)
        path = folder.shownPath(StandaloneSettings.tokenFile)
        self.url = url
    }

    func token() async throws -> String { text }

    func token(insteadOf refused: String) async throws -> String {
        throw CLIFailure(
            .refused, "the API at \(shown(url, quoted: false)) does not accept the token in \(path)",
            hints: "It may have another data folder: SIMPLE_SCHEDULER_TOKEN=$(cat FOLDER/token).",
            "If it has a provider, log in: \(CLIMain.programName) login -c CLIENT_ID -i ISSUER_URL -u \(shellQuoted(url))"
        )
    }
}
