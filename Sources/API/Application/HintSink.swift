// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Takes hints for the Schedulers; never waits and never fails.
package protocol HintSink: Sendable {
    /// Has a hint sent, soon, or not at all.
    func send(_ hint: ControlHint)
}
