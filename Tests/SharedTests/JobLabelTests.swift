// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

struct JobLabelTests {
    private static let prefix = String(repeating: "a", count: 253)
    private static let name = String(repeating: "b", count: 63)

    @Test(arguments: [
        "a", "A", "0", "team", "app.kubernetes.io/name", "v1.2", "a-b_c.d", "example.com/A.b", "localhost/x",
        "a--b.c-d/x",
        name, "\(prefix)/\(name)",
        // From before keys could have dots.
        "_a", "a_", "-", "/", "a/b/c", "A/b",
    ])
    func `a key is one of Kubernetes, or of before`(key: String) {
        #expect(JobLabel.isKey(key))
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b/c", ".a/b", "a./b", "-a.b/c", "a-.b/c", "A.b/c", "a.b/", "a.b/.c", "a.b/c-",
        "a.b/c/d",
        "a b", "ä", "$a", "a=b", "a,b", "a.b/\u{e9}", "\(name)b", "\(prefix)a/b", "a.b/\(name)b", "a.b/c\n",
    ])
    func `anything else is none`(key: String) {
        #expect(!JobLabel.isKey(key))
    }
}
