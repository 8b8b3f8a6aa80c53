// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

/// All metadata goes through `LogKey`, whose cases docs/telemetry.md names.
@Suite struct LogKeyTests {
    /// Where the keys and the handler are made.
    private static let exempt: Set = ["LogKey.swift", "LineLogHandler.swift", "LogLine.swift"]

    @Test func `no program logs under a key of its own making`() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var seen = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            seen += 1
            guard !Self.exempt.contains(file.lastPathComponent) else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in ["metadata:", "metadataKey:", "Logger.Metadata ", "LogKey(rawValue"] {
                #expect(!text.contains(word), "\(file.lastPathComponent) has \(word)")
            }
        }
        #expect(seen > 300)
    }
}
