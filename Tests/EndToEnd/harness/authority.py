# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""An authority of a test's own, and what it signs."""

import ipaddress
import uuid
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority:
    """`path` is its certificate; files go to a folder."""

    def __init__(self, folder, name="a test's own"):
        self._folder, self._name = folder, _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.path = self._write(f"authority-{uuid.uuid4().hex[:6]}.pem", self._signed(self._name, self._key, [], 30, is_authority=True))

    def issue(self, *names, days=20):
        """The paths of a certificate for these names and addresses, and of its key; with less than 0 days it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        stem = uuid.uuid4().hex[:8]
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self._folder / f"{stem}.key").write_bytes(secret)
        return self._write(f"{stem}.pem", self._signed(_name(names[0]), key, names, days)), self._folder / f"{stem}.key"

    def _signed(self, subject, key, names, days, is_authority=False):
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=30))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, name, certificate):
        path = self._folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path
