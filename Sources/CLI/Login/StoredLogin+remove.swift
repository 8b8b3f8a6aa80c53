// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension StoredLogin {
    /// Takes the login of a context out of the file; `nil` when there is none, or for another API.
    static func remove(
        _ context: String, ifFor url: String? = nil, in folder: PrivateFolder
    ) async throws -> StoredLogin? {
        guard let login = try TokenFile(in: folder).logins[context], url == nil || login.url == url else { return nil }
        return try await folder.locked {
            var file = try TokenFile(in: folder)
            // It may have been refreshed meanwhile: the newest tokens are the ones to revoke.
            let login = file.logins.removeValue(forKey: context)
            try file.save(in: folder)
            return login
        }
    }
}
