// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation

/// The benchmark program, started by `scripts/bench`: runs the parts and prints what they found.
///
/// Exit codes: 0 measured, 1 a measurement failed, 64 the environment asks for what there is not.
@main
enum BenchmarksMain {
    static func main() async {
        let settings: BenchmarkSettings
        do { settings = try BenchmarkSettings(ProcessInfo.processInfo.environment) } catch {
            complain("\(error)")
            exit(64)
        }
        let bench = Bench(settings)
        var failures = 0
        do {
            bench.report.note(try await Machine.describe(settings))
            for part in settings.parts {
                bench.progress.begin(part.name)
                do {
                    try await part.init().run(bench)
                } catch {
                    failures += 1
                    bench.report.fail(part.name, "\(error)")
                    bench.progress.complain("\(error)")
                }
                await bench.endEverything()
                bench.progress.end()
            }
        } catch {
            failures += 1
            bench.report.fail("machine", "\(error)")
        }
        bench.report.add("bench.duration", bench.progress.elapsedSeconds, "s")
        print(bench.report.text(settings))
        exit(failures == 0 && bench.report.failures.isEmpty ? 0 : 1)
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("error: \(text)\n".utf8))
    }
}
