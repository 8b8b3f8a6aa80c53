// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// Names of contexts, for shells that complete them; none when the config file cannot be read.
enum ContextNames {
    static let completion = CompletionKind.custom { _, _, _ in
        guard let folder = try? CLIEnvironment.process.configFolder, let file = try? ConfigFile(in: folder) else {
            return []
        }
        return file.contexts.keys.sorted()
    }
}
