// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What the ``JobUnlocker`` needs of a store: to unlock, and a harmless call that proves contact (`serverTime`).
package typealias UnlockStore = CustodianStore & LeaseStore
