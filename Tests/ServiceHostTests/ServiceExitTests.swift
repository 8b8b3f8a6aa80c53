// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ServiceHost
import Shared
import Testing

struct ServiceExitTests {
    @Test(arguments: [
        (InvalidSettings([]) as any Error, ServiceExit.configuration),
        (StoreError(.forbidden, ""), .unavailable), (BusError(.forbidden, ""), .unavailable),
        (StoreError(.unavailable, ""), .failure), (StoreError(.rejected, ""), .unavailable),
        (BusError(.closed, ""), .failure), (CancellationError(), .failure),
    ])
    func `errors and their exit codes`(error: any Error, status: ServiceExit) {
        #expect(ServiceExit(error) == status)
    }

    @Test func `the codes of the contract`() {
        #expect(ServiceExit.failure.rawValue == 1)
        #expect(ServiceExit.unavailable.rawValue == 69)
        #expect(ServiceExit.configuration.rawValue == 78)
    }

    @Test func `readiness is that of all checks`() {
        let ready = ReadinessReport([
            ReadinessCheck("b", isOK: true, detail: "a \"b\"\n"), ReadinessCheck("a", isOK: true),
        ])
        #expect(ready.isReady)
        #expect(
            ready.json
                == #"{"checks":{"a":{"detail":"","ok":true},"b":{"detail":"a \"b\"\n","ok":true}},"status":"ready"}"#)
        let notReady = ReadinessReport([ReadinessCheck("a", isOK: true), ReadinessCheck("a", isOK: false)])
        #expect(!notReady.isReady && notReady.json.hasSuffix(#""status":"not ready"}"#))
        #expect(ReadinessReport([]).isReady)
    }
}
