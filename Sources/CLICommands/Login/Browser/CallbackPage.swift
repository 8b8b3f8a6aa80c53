// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What the browser shows when it comes back: plain HTML without scripts, and nothing of what came with the request.
enum CallbackPage: Equatable, Sendable {
    case done(who: String)
    case failed(String)
    /// Not an answer to the login that is being waited for, which goes on.
    case notOurs
    case notFound

    var status: Int {
        switch self {
        case .done: 200
        case .failed, .notOurs: 400
        case .notFound: 404
        }
    }

    var html: String {
        switch self {
        case .done(let who):
            Self.page("Logged in", "You are logged in as \(who). You may close this page and go back to the terminal.")
        case .failed(let reason):
            Self.page("Login failed", "\(reason). You may close this page; the terminal says more.")
        case .notOurs:
            Self.page(
                "Not this login",
                "This is no answer to the login that the terminal waits for. You may close this page, and open the address that the terminal shows."
            )
        case .notFound:
            Self.page("Nothing here", "You may close this page.")
        }
    }

    private static func page(_ title: String, _ text: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title)) - Simple Scheduler</title>
        <style>body{font:1.1rem/1.5 sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style></head>
        <body><h1>\(escaped(title))</h1><p>\(escaped(text))</p></body></html>

        """
    }

    /// For use between tags.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in shown(text, quoted: false).unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
