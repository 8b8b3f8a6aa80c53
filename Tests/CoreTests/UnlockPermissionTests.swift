// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Testing

struct UnlockPermissionTests {
    private func permission() -> UnlockPermission { UnlockPermission(timeout: .seconds(15)) }

    @Test func `the first contact grants it at once`() {
        var permission = permission()
        #expect(!permission.isGranted)
        permission.noteContact(at: .seconds(3))
        #expect(permission.isGranted)
        #expect(permission.remaining(at: .seconds(3)) == .zero)
    }

    @Test func `trouble before the first contact delays it too`() {
        var permission = permission()
        permission.noteTrouble()
        permission.noteContact(at: .seconds(3))
        #expect(!permission.isGranted)
        #expect(permission.remaining(at: .seconds(8)) == .seconds(10))
    }

    @Test func `after trouble it takes one full time-out of contact`() {
        var permission = permission()
        permission.noteContact(at: .seconds(0))
        permission.noteTrouble()
        #expect(!permission.isGranted)
        for second in 9...23 {
            permission.noteContact(at: .seconds(second))
            #expect(!permission.isGranted, "at \(second) s")
        }
        permission.noteContact(at: .seconds(24))
        #expect(permission.isGranted)
    }

    @Test func `trouble during the wait begins it anew`() {
        var permission = permission()
        permission.noteTrouble()
        for second in 0...14 { permission.noteContact(at: .seconds(second)) }
        permission.noteTrouble()
        for second in 15...29 { permission.noteContact(at: .seconds(second)) }
        #expect(!permission.isGranted)
        permission.noteContact(at: .seconds(30))
        #expect(permission.isGranted)
    }

    @Test func `a silence of more than two thirds is trouble`() {
        var permission = permission()
        permission.noteContact(at: .seconds(0))
        let isShortSilent = permission.noteContact(at: .seconds(10))
        #expect(!isShortSilent && permission.isGranted)
        let isLongSilent = permission.noteContact(at: .milliseconds(20_001))
        #expect(isLongSilent && !permission.isGranted)
        permission.noteContact(at: .milliseconds(30_000))
        permission.noteContact(at: .milliseconds(35_000))
        #expect(!permission.isGranted)
        permission.noteContact(at: .milliseconds(35_001))
        #expect(permission.isGranted)
    }

    @Test func `a wait that was slept through is no contact`() {
        var permission = permission()
        permission.noteTrouble()
        permission.noteContact(at: .seconds(0))
        permission.noteContact(at: .seconds(20))
        #expect(!permission.isGranted)
    }
}
