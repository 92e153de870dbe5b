"""Who signs what leaves the studio: the operator's certificate, or one of the studio's own, made once."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from projects.errors import Unavailable

FILE_NAME = "signing.pem"
_VALID = timedelta(days=3650)
# A certificate of our own that is about to end is replaced; what it signed stays readable.
_RENEWED_BEFORE = timedelta(days=30)
_ALGORITHMS = {256: "es256", 384: "es384", 521: "es512"}
_END = b"-----END PRIVATE KEY-----\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningIdentity:
    """A key and the certificates that vouch for it."""

    # As C2PA names it: es256, es384, es512, ps256 or ed25519.
    algorithm: str
    # PEM, the signer's own first.
    certificates: bytes
    # PEM, PKCS 8, without a password.
    key: bytes
    # SHA-256 of the signer's certificate.
    fingerprint: str


def identity_of(certificates: bytes, key: bytes, *, now: datetime) -> SigningIdentity:
    """An identity from PEM files, checked.

    Args:
        certificates: The signer's own first, then those above it.
        key: Belongs to the first certificate.
        now: When it is to be used.

    Raises:
        Unavailable: If they cannot be read, do not belong together, or are not valid now; says which.
    """
    try:
        own = x509.load_pem_x509_certificates(certificates)[0]
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(f"they cannot be read: {error}") from error
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != own.public_key().public_bytes(*form):
        raise _unusable("the key belongs to another certificate")
    if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        raise _unusable(f"it is valid from {own.not_valid_before_utc:%Y-%m-%d} to {own.not_valid_after_utc:%Y-%m-%d}")
    return SigningIdentity(
        algorithm=_algorithm(private),
        certificates=certificates,
        key=private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        fingerprint=own.fingerprint(hashes.SHA256()).hex(),
    )


def _algorithm(private: object) -> str:
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.key_size in _ALGORITHMS:
        return _ALGORITHMS[private.key_size]
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise _unusable("the key must be P-256, P-384, P-521, RSA or Ed25519")


def _unusable(reason: str) -> Unavailable:
    return Unavailable(f"the certificate and key for content credentials cannot be used: {reason}", code="unavailable")


def local_identity(folder: Path, *, now: datetime) -> SigningIdentity:
    """The studio's own identity, made if there is none yet or it is about to end; the same for every process.

    Args:
        folder: Where it is kept, in a file that only its owner can read.
        now: When it is to be used.

    Raises:
        Unavailable: If the file cannot be written or is damaged.
    """
    path = folder / FILE_NAME
    try:
        if not path.is_file():
            _keep(path, _made(now), replace=False)
        identity = _read(path, now)
        if identity is None:
            _keep(path, _made(now), replace=True)
            identity = _read(path, now)
    except OSError as error:
        raise Unavailable("the key for content credentials cannot be kept", code="disk_full") from error
    if identity is None:
        raise _unusable(f"{path} was just made and is not valid; is the clock right?")
    return identity


def _read(path: Path, now: datetime) -> SigningIdentity | None:
    key, end, certificates = path.read_bytes().partition(_END)
    try:
        own = x509.load_pem_x509_certificates(certificates)[0]
    except ValueError as error:
        raise _unusable(f"{path} is damaged; delete it and a new one is made") from error
    if own.not_valid_after_utc - now < _RENEWED_BEFORE:
        return None
    return identity_of(certificates, key + end, now=now)


def _keep(path: Path, data: bytes, *, replace: bool) -> None:
    """Write whole or not at all; of two that make one at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made with mode 0600.
    descriptor, partial = tempfile.mkstemp(prefix=".signing-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(partial).replace(path)
        else:
            with suppress(FileExistsError):
                os.link(partial, path)
    finally:
        Path(partial).unlink(missing_ok=True)


def _made(now: datetime) -> bytes:
    """A key, its certificate and the one above that, whose own key is forgotten at once."""
    above, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(above, above, "Sceneloom, this studio's root", "Sceneloom, this studio's root", now)
    leaf = _certificate(above, own, "Sceneloom, this studio's root", "Sceneloom, this studio", now)
    key = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key + b"".join(it.public_bytes(serialization.Encoding.PEM) for it in (leaf, root))


def _certificate(
    issuer_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey, issuer: str, subject: str, now: datetime
) -> x509.Certificate:
    is_root = issuer_key is key
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks of readers may be behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_root:
        # What C2PA asks of a signer.
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sceneloom"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )


def studio_identity(
    *, data_folder: Path, certificate_file: str, key_file: str, now: datetime | None = None
) -> SigningIdentity:
    """The identity that the operator names, else the studio's own.

    Raises:
        Unavailable: If it cannot be used.
    """
    moment = now or datetime.now(UTC)
    if not certificate_file:
        return local_identity(data_folder / "credentials", now=moment)
    try:
        certificates, key = Path(certificate_file).read_bytes(), Path(key_file).read_bytes()
    except OSError as error:
        raise _unusable(f"they cannot be read: {error}") from error
    return identity_of(certificates, key, now=moment)
