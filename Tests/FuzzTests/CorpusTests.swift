// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

/// What the fuzzer starts from and what it has found: `scripts/fuzz`.
@Suite struct CorpusTests {
    @Test(.timeLimit(.minutes(1)), arguments: FuzzTarget.allCases)
    func `every input of the corpus comes to its end`(_ target: FuzzTarget) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count > 2)
        for file in files { target.run(Array(try Data(contentsOf: file))) }
    }
}
