// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A failed command with the server's number, for those who must tell one from another.
package struct DriverFailure: Error {
    /// As in MongoDB's list of error codes; means nothing when the driver itself failed.
    let code: UInt32
    /// The same in the words of the port.
    package let storeError: StoreError
}
