// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ServiceLifecycle

/// Makes it an error that a service ends although nobody asked it to.
struct LastingService: Service {
    /// A service that ended too early; a fault of ours.
    struct EndedEarly: Error, CustomStringConvertible {
        let description: String
    }

    private let service: any Service

    init(_ service: any Service) {
        self.service = service
    }

    func run() async throws {
        try await service.run()
        guard Task.isCancelled || Task.isShuttingDownGracefully else {
            throw EndedEarly(description: "\(type(of: service)) ended although it was not asked to")
        }
    }
}
