// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import Shared

/// Answers with a part of a list.
enum Paging {
    /// The page, with a link to the next one (RFC 8288) where there is one.
    ///
    /// The link is relative, so that it holds behind any proxy.
    static func answer(_ json: JSONWriter, _ call: APICall, _ query: QueryReader, next: String?) -> Response {
        var response = Answer.json(json)
        if let next, let path = call.operation.route?.path {
            if let name = HTTPField.Name("Link") {
                response.headers[name] = "<\(path)?\(query.next(after: next))>; rel=\"next\""
            }
        }
        return response
    }
}
