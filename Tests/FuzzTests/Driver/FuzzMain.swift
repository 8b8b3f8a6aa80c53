// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CFuzzer
import Glibc

/// The program that scripts/fuzz runs: libFuzzer's own options, and the target's name in the environment, which the
/// processes that libFuzzer starts have, too.
@main enum FuzzMain {
    fileprivate static let target: FuzzTarget = {
        guard let name = getenv("FUZZ_TARGET").map({ String(cString: $0) }), let target = FuzzTarget(rawValue: name)
        else {
            preconditionFailure("FUZZ_TARGET is none of \(FuzzTarget.allCases.map(\.rawValue))")
        }
        return target
    }()

    static func main() {
        _ = target
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { testOneInput($0, $1) })
    }
}

/// By the name that libFuzzer's own `main`, which is linked and not used, asks for.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzMain.target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
