"""Artifacts in a bucket that speaks S3, for workers that share no disk; and which store an address means.

Keys and promises are those of :class:`generation.artifacts.LocalArtifacts`: an object is whole or absent, because that
is how buckets work. Needs boto3, of the extra ``farm``; who may do what is read by boto3 itself (``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, or what the machine is).
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from generation.artifacts import ArtifactStore, LocalArtifacts, check_key
from generation.errors import ConfigError, StorageError

SCHEME = "s3://"
_PIECE = 256 * 1024
# Pieces gather in memory up to this size, beyond it on disk.
_SPOOLED = 8 * 2**20
_MISSING = ("404", "NoSuchKey", "NotFound")
_TIMEOUT_SECONDS, _TRIES = 20, 4


def open_store(address: str, *, endpoint: str = "", public_endpoint: str = "") -> ArtifactStore:
    """The store that an address means.

    Args:
        address: ``s3://bucket`` or ``s3://bucket/prefix``, else a folder.
        endpoint: Of a bucket that is not Amazon's, such as ``https://minio.example.org``.
        public_endpoint: Where browsers reach the same bucket; empty: they do not.

    Raises:
        ConfigError: If the address names no bucket, or boto3 is not installed.
    """
    if not address.startswith(SCHEME):
        return LocalArtifacts(Path(address))
    bucket, _, prefix = address.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise ConfigError(f"an address of a bucket must be s3://bucket or s3://bucket/prefix, got {address!r}")
    signer = _client(public_endpoint) if public_endpoint else None
    return S3Artifacts(_client(endpoint), bucket=bucket, prefix=prefix.strip("/"), signer=signer)


def _client(endpoint: str) -> Any:  # noqa: ANN401 - made by boto3 at run time, without types
    try:
        boto3, config = import_module("boto3"), import_module("botocore.config")
    except ImportError as error:
        raise ConfigError("artifacts in a bucket need boto3; install the extra 'farm'") from error
    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        config=config.Config(
            connect_timeout=_TIMEOUT_SECONDS,
            read_timeout=_TIMEOUT_SECONDS,
            retries={"max_attempts": _TRIES, "mode": "standard"},
            # The older way to sign is refused by most.
            signature_version="s3v4",
            # Stores that are not Amazon's need not know the newer ones.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


class S3Artifacts:
    """Artifacts as objects of one bucket, below a prefix."""

    def __init__(self, client: Any, *, bucket: str, prefix: str = "", signer: Any = None) -> None:  # noqa: ANN401 - boto3 has no types
        self._client = client
        self._signer = signer
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def put(self, key: str, data: bytes | Iterable[bytes]) -> None:
        """Write an artifact; returns when the bucket has it.

        Raises:
            StorageError: If the key is not one, or the bucket cannot be written. What was stored before is then still
                there.
        """
        name = self._name(key)
        if isinstance(data, bytes | bytearray | memoryview):
            with _storage_errors("write", key):
                self._client.put_object(Bucket=self._bucket, Key=name, Body=bytes(data))
            return
        with tempfile.SpooledTemporaryFile(_SPOOLED) as file:
            # Drawn outside of _storage_errors: an error of their maker is not the bucket's.
            for piece in data:
                file.write(piece)
            file.seek(0)
            with _storage_errors("write", key):
                self._client.upload_fileobj(file, self._bucket, name)

    def get(self, key: str) -> bytes:
        """Read an artifact.

        Raises:
            StorageError: If there is none, or it cannot be read.
        """
        with _storage_errors("read", key):
            found: bytes = self._client.get_object(Bucket=self._bucket, Key=self._name(key))["Body"].read()
        return found

    def size_of(self, key: str) -> int:
        """How many bytes an artifact has.

        Raises:
            StorageError: If there is none, or the bucket cannot be asked.
        """
        with _storage_errors("look for", key):
            return int(self._client.head_object(Bucket=self._bucket, Key=self._name(key))["ContentLength"])

    def pieces(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Bytes ``[start, stop)`` of an artifact, a piece at a time.

        Raises:
            StorageError: If they cannot be read.
        """
        if start >= stop:
            return
        with _storage_errors("read", key):
            answer = self._client.get_object(
                Bucket=self._bucket, Key=self._name(key), Range=f"bytes={start}-{stop - 1}"
            )
            yield from answer["Body"].iter_chunks(_PIECE)

    def exists(self, key: str) -> bool:
        """Whether there is an artifact under a key.

        Raises:
            StorageError: If the key is not one, or the bucket cannot be asked.
        """
        try:
            self.size_of(key)
        except _Missing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Delete an artifact; no error if there is none.

        Raises:
            StorageError: If the key is not one, or the bucket cannot be written.
        """
        with _storage_errors("delete", key):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def stored(self, prefix: str, *, after: str = "") -> Iterator[tuple[str, float]]:
        """Keys below a folder in the bucket's order, and when each was written.

        Raises:
            StorageError: If the bucket cannot be asked.
        """
        pages = self._client.get_paginator("list_objects_v2")
        start = {"StartAfter": self._name(after)} if after else {}
        with _storage_errors("list", prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{self._name(prefix)}/", **start):
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix), found["LastModified"].timestamp()

    def path_of(self, key: str) -> None:
        """No path: the artifact is not on this machine."""
        check_key(key)

    def signed_address(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str:
        """Where somebody without a key of ours may read an artifact for a while; empty where browsers do not reach it.

        Args:
            key: Of an artifact that need not be there.
            headers: What the bucket shall answer with: ``Content-Type``, ``Content-Disposition``, ``Cache-Control``.
            seconds: How long.

        Raises:
            StorageError: If the key is not one, or nobody has the right to sign.
        """
        if self._signer is None:
            return ""
        told = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
        with _storage_errors("sign for", key):
            address: str = self._signer.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": self._name(key), **told}, ExpiresIn=seconds
            )
        return address

    def _name(self, key: str) -> str:
        check_key(key)
        return self._prefix + key


class _Missing(StorageError):  # noqa: N818 - an outcome
    """There is no such artifact."""


@contextmanager
def _storage_errors(action: str, key: str) -> Iterator[None]:
    """Whatever boto3 says, as what the rest of the program knows."""
    exceptions = import_module("botocore.exceptions")
    try:
        yield
    except exceptions.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise _Missing(f"there is no artifact {key!r} in the bucket") from error
        raise StorageError(f"could not {action} the artifact {key!r}: the bucket says {code}") from error
    except (exceptions.BotoCoreError, exceptions.HTTPClientError, OSError) as error:
        raise StorageError(f"could not {action} the artifact {key!r}: {error}") from error
