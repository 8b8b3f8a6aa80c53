// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

// Not generic: where the optimizer looks at one file at a time, a generic function is slow.

extension Int {
    /// The quotient towards minus infinity; `divisor` is positive.
    func flooredQuotient(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    /// The remainder from 0 up to, not including, `divisor`, which is positive.
    func flooredRemainder(by divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
