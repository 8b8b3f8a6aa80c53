// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import ArgumentParser
private import Shared

/// The exit codes of our services (contract, section 1); 0 is a stop that was asked for, and 64 is the parser's.
package enum ServiceExit: Int32, Sendable {
    /// Something failed that is none of the others, or a clean stop took too long.
    case failure = 1
    /// A service that we need refused us for good (`EX_UNAVAILABLE`).
    case unavailable = 69
    /// The configuration does not hold (`EX_CONFIG`).
    case configuration = 78

    /// What an error that ended the program means to whoever started it.
    package init(_ error: any Error) {
        switch error {
        case is InvalidSettings: self = .configuration
        case let error as StoreError where !error.isRetriable: self = .unavailable
        case let error as BusError where error.code == .forbidden: self = .unavailable
        default: self = .failure
        }
    }

    /// For the argument parser, which ends the process with it.
    package var exitCode: ExitCode { ExitCode(rawValue) }
}
