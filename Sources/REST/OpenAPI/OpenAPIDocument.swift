// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The OpenAPI 3.1 document of the API: docs/openapi.json, built into the program.
///
/// `openapi.json` in this folder is a link to it; a test compares its routes, scopes and fields with the code.
package enum OpenAPIDocument {
    /// The document, JSON in UTF-8.
    package static let json = PackageResources.openapi_json
}
