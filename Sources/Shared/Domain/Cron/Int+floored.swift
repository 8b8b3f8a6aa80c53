// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension FixedWidthInteger where Self: SignedInteger {
    /// The quotient towards minus infinity; `divisor` is positive.
    func flooredQuotient(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    /// The remainder from 0 up to, not including, `divisor`, which is positive.
    func flooredRemainder(by divisor: Self) -> Self {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
