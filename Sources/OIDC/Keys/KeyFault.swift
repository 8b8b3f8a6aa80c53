// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a key of the issuer is not used; for the log.
enum KeyFault: String, Error, Hashable, Sendable {
    case notAnObject = "not an object"
    case otherUse = "not for signatures"
    case otherKind = "neither RSA nor EC on P-256, P-384 or P-521"
    case otherAlgorithm = "an algorithm that is not accepted or not of this key"
    case badID = "kid is not a short text"
    case privateParts = "its private part is published"
    case badModulus = "not an RSA key of 2,048 to 8,192 bits"
    case badExponent = "an exponent that is not odd or not of 2 to 32 bits"
    case badPoint = "not a point of its curve"
    case tooMany = "more keys than are looked at"
}
