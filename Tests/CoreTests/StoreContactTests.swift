// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import Testing

struct StoreContactTests {
    @Test func `one line per change, and one every 30 s of outage`() {
        var contact = StoreContact()
        #expect(contact.isUp == nil)
        #expect(contact.noteSuccess() == .established)
        #expect(contact.noteSuccess() == .nothing)
        #expect(contact.noteFailure(at: .seconds(5)) == .lost)
        #expect(contact.isUp == false)
        #expect(contact.noteFailure(at: .seconds(34)) == .nothing)
        #expect(contact.noteFailure(at: .seconds(35)) == .stillLost(.seconds(30)))
        #expect(contact.noteFailure(at: .seconds(64)) == .nothing)
        #expect(contact.noteFailure(at: .seconds(66)) == .stillLost(.seconds(61)))
        #expect(contact.noteSuccess() == .restored)
        #expect(contact.isUp == true)
    }
}
