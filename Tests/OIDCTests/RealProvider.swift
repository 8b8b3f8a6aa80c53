// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation

/// The provider that the environment names (scripts/servers).
enum RealProvider {
    static let environment = ProcessInfo.processInfo.environment
    static let issuer = environment["SIMPLE_SCHEDULER_OIDC_ISSUER"]
    /// With `REQUIRE_INTEGRATION=1` absence is a failure.
    static let isRequired = environment["REQUIRE_INTEGRATION"] == "1"
    static let scopes: Set<String> = ["jobs:read", "jobs:write", "runs:read", "runs:write"]
}
