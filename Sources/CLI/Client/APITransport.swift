// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Sends one request and brings the answer, whatever its status.
protocol APITransport: Sendable {
    /// Throws `CLIFailure` with code `unreachable` when there is no answer.
    func send(_ request: APIRequest, token: String) async throws(CLIFailure) -> APIAnswer
}
