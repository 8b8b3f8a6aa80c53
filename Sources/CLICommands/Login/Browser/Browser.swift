// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// The browser of whoever sits here, if there is one.
struct Browser: Sendable {
    /// The program, as a path or a name to look for.
    let program: String

    /// `POSIX_SPAWN_SETSID` of glibc, which shows it to GNU sources only.
    private static let setsid: Int16 = 0x80

    /// `$BROWSER` (the first of a list), or `xdg-open` where there is a display.
    init?(_ environment: CLIEnvironment) {
        if let list = environment["BROWSER"], let first = list.split(separator: ":").first {
            program = String(first)
        } else if environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil {
            program = "xdg-open"
        } else {
            return nil
        }
    }

    /// Starts it in a session of its own, without our terminal; `false` when it cannot be.
    ///
    /// Nobody waits for it: it may stay for days.
    func open(_ address: String) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.setsid)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(address), nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        return posix_spawnp(&process, program, &actions, &attributes, &arguments, environ) == 0
    }
}
