// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a key of the issuer is not used; for the log, and for whoever sends a token of such a key.
enum KeyFault: String, Error, Hashable, Sendable {
    case notAnObject = "it is not an object"
    case otherUse = "it is not for checking signatures (use, key_ops)"
    case otherKind = "it is neither RSA nor EC on P-256, P-384 or P-521"
    case otherAlgorithm = "its alg is not accepted, or not one of its kind"
    case badID = "its kid is not a text of 1 to 256 bytes"
    case privateParts = "its private part is published"
    case badModulus = "its n is not an odd number of 2,048 to 8,192 bits in base64url"
    case badExponent = "its e is not an odd number of 2 to 32 bits in base64url"
    case badPoint = "its x and y are not a point of its curve in base64url"
    case onlyCertificate = "it has a certificate (x5c), but not the numbers of its kind (n and e, or x and y)"
    case tooMany = "there are more keys, or more with its kid, than are looked at"
}
