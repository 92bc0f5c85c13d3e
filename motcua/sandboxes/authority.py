"""A certificate authority for trying out: it vouches for nobody, and its certificates say so.

It keeps its key and its certificate in one folder, which is made when it is first asked. A process of another
user of the folder finds the same authority: the first to write wins.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Chứng thực dùng thử, không giá trị pháp lý"
_LIVES = timedelta(days=3650)
_BITS = 2048


@dataclass(frozen=True)
class Identity:
    """A key and what vouches for it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def pkcs12(self, password: str, chain: list[x509.Certificate]) -> bytes:
        """Key and certificates as one file, closed by the password."""
        closed = serialization.BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(b"ky-so", self.key, self.certificate, chain, closed)


class Authority:
    """The authority whose key lies in this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "authority.pem"
        if not path.exists():
            made = _made(NAME, "", None, lives=_LIVES)
            with _written_once(path) as kept:
                kept.write_bytes(_key_pem(made.key) + made.pem.encode())
            _write(folder / "root.crt", made.pem.encode())
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self.own = Identity(key, x509.load_pem_x509_certificate(content))

    @property
    def root(self) -> Path:
        """The file of the authority's own certificate, in PEM."""
        return self.folder / "root.crt"

    def identity(
        self,
        name: str,
        organisation: str,
        *,
        begins: datetime | None = None,
        lives: timedelta = timedelta(days=1095),
    ) -> Identity:
        """A new key with a certificate for this name, from some moment in the past on."""
        return _made(name, organisation, self.own, begins=begins, lives=lives)


def _made(
    name: str, organisation: str, issuer: Identity | None, *, begins: datetime | None = None, lives: timedelta
) -> Identity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    if organisation:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation, _validate=False))
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, name, _validate=False))
    subject = x509.Name(attributes)
    start = begins or datetime.now(UTC) - timedelta(days=400)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + lives)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(is_authority=issuer is None), critical=True)
    )
    if issuer:
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(of_issuer, critical=False)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
    return Identity(key, builder.sign((issuer.key if issuer else key), hashes.SHA256()))


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def _written_once(path: Path) -> Iterator[Path]:
    """A fresh file that becomes `path` unless another process was faster."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    yield fresh
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
