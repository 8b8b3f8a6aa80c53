// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import ServiceHost
import Shared

/// What a browser shows until there is more: that it runs, how it is, and where to read on.
enum WelcomePage {
    static func welcome(_ facts: [ReadinessCheck]) -> Response {
        let rows = facts.map {
            "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.detail))</td></tr>"
        }
        return page(
            .ok,
            """
            <h1>Simple Scheduler is running</h1>
            <p>Version \(ProductVersion.text).</p>
            <table>\(rows.joined())</table>
            <p>The API is at <a href="/api/status">/api</a> (<a href="/api/openapi.json">its description</a>); how to go on is in docs/standalone.md.</p>
            """)
    }

    static var stranger: Response {
        var response = page(
            .unauthorized,
            """
            <h1>Not logged in</h1>
            <p>Open the link that simple-scheduler-standalone printed when it started. It works once, within 30 minutes; a restart prints another one.</p>
            """)
        response.headers[.wwwAuthenticate] = "Bearer"
        return response
    }

    private static func page(_ status: HTTPResponse.Status, _ body: String) -> Response {
        let html = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Simple Scheduler</title></head>
            <body><main>
            \(body)
            </main></body>
            </html>

            """
        return Answer.bytes(Array(html.utf8), "text/html; charset=utf-8", status)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
