// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Decides whether a Custodian may unlock anybody: not while live owners may have been unable to renew their leases.
///
/// Whoever had trouble with the database assumes that the owners had it too, and gives them one full time-out of
/// undisturbed contact to renew. A silence between two contacts counts as trouble as well, because an outage may have
/// begun and ended in it, or the driver may have waited it out without an error: an owner renews at least each third of
/// the time-out, so only a silence of more than two thirds can make a live one look dead.
///
/// | at | event | may unlock |
/// |---|---|---|
/// | 0 s | first contact ever | yes |
/// | 1 s | trouble | no |
/// | 9 s | contact | no, until 9 s + time-out, with contact all along |
///
/// All times are uptimes of this process; nothing here looks at a clock.
package struct UnlockPermission: Hashable, Sendable {
    private enum State: Hashable {
        /// No contact yet, and no trouble.
        case unknown
        case disturbed
        case waiting(since: Duration)
        case granted
    }

    private let timeout: Duration
    private let longestSilence: Duration
    private var state = State.unknown
    private var lastContact: Duration?

    /// Starts without permission; the first contact grants it unless trouble comes before.
    ///
    /// Silences of up to a second are always allowed, however short the time-out: a busy machine makes them.
    package init(timeout: Duration) {
        self.timeout = timeout
        longestSilence = max(timeout * 2 / 3, .seconds(1))
    }

    /// A call to the database failed.
    package mutating func noteTrouble() {
        state = .disturbed
    }

    /// A call to the database succeeded.
    ///
    /// Returns whether the silence before it was too long, so that the wait begins.
    @discardableResult
    package mutating func noteContact(at uptime: Duration) -> Bool {
        let wasSilent = lastContact.map { uptime - $0 > longestSilence } ?? false
        lastContact = uptime
        switch (state, wasSilent) {
        case (.unknown, _): state = .granted
        case (.disturbed, _), (.waiting, true), (.granted, true): state = .waiting(since: uptime)
        case (.waiting(let since), false): if uptime - since >= timeout { state = .granted }
        case (.granted, false): break
        }
        return wasSilent
    }

    /// Whether unlocking was allowed at the latest contact.
    package var isGranted: Bool { state == .granted }

    /// The shortest time until permission can be granted; zero when it is, or when there is no contact.
    package func remaining(at uptime: Duration) -> Duration {
        guard case .waiting(let since) = state else { return .zero }
        return max(.zero, since + timeout - uptime)
    }
}
