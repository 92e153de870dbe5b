"""Resumable uploads: the parts of tus 1.0 that a browser needs (creation, termination, checksum, expiration)."""

import base64
import binascii
import hashlib
import re
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions.uploads import (
    MOST_BYTES,
    Announced,
    begin_upload,
    continue_upload,
    forget_upload,
    process_upload,
    upload_of,
)
from projects.api.answers import answers
from projects.api.problems import CONTENT_TYPE, problem
from projects.api.repeating import repeatable
from projects.api.requests import person
from projects.errors import Invalid
from projects.generation_client import PROCESS_UPLOAD, submit_own
from projects.models import Upload, User
from projects.models.asset import UploadKind, UploadStatus
from projects.shapes.assets import asset_shape, with_cards

TUS = {"Tus-Resumable": "1.0.0"}
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5}
_CHECKSUM_MISMATCH = 460
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = "application/offset+octet-stream"


class PartParser(BaseParser):
    """A part is read as it is, once its size is known to be small enough."""

    media_type = _PART

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:  # noqa: ANN401, ARG002
        """The bytes."""
        return stream.read()


class AnyAnswer(BaseContentNegotiation):
    """Clients of tus do not say what they accept."""

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ANN401, ARG002 - as the framework has it
        """The only one."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ANN401, ARG002
        """JSON."""
        return renderers[0], renderers[0].media_type


class TusView(APIView):
    """What all upload views share."""

    parser_classes = (PartParser,)
    content_negotiation_class = AnyAnswer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Every answer names the protocol."""
        done = super().finalize_response(request, response, *args, **kwargs)
        for name, value in TUS.items():
            done.headers[name] = value
        return done


def _upload_made(user: User, made: list[str]) -> Response:
    upload = upload_of(user, UUID(made[0]))
    return Response(
        upload_shape(upload),
        status=status.HTTP_201_CREATED,
        headers={**_place(upload.pk), "Upload-Expires": format_datetime(upload.expires_at)},
    )


def _place(upload_id: object) -> dict[str, str]:
    return {"Location": f"/api/v1/uploads/{upload_id}"}


def _announcement(request: Request) -> str:
    """What a request to announce a file says: it stands in headers."""
    return "\n".join(request.headers.get(name, "") for name in ("Upload-Length", "Upload-Metadata"))


class UploadList(TusView):
    """New uploads."""

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override] # noqa: ANN401, ARG002
        """What this server can do."""
        return Response(
            status=status.HTTP_204_NO_CONTENT,
            headers={
                "Tus-Version": "1.0.0",
                "Tus-Extension": "creation,termination,checksum,expiration",
                "Tus-Max-Size": str(MOST_BYTES),
                "Tus-Checksum-Algorithm": ",".join(_ALGORITHMS),
            },
        )

    @extend_schema(request=None, responses=answers("Upload", status.HTTP_201_CREATED))
    @repeatable(_upload_made, says=_announcement, headers=lambda body: _place(body["id"]))
    def post(self, request: Request) -> Response:
        """Announce a file."""
        size = request.headers.get("Upload-Length", "")
        if not size.isdecimal() or len(size) > 18:
            raise Invalid("Upload-Length must be a number of bytes")
        facts = _metadata(request.headers.get("Upload-Metadata", ""))
        kind, sha256 = facts.get("kind", UploadKind.MEDIA.value), facts.get("sha256", "").lower()
        if kind not in UploadKind.values:
            raise Invalid(f"Upload-Metadata names a kind other than {', '.join(UploadKind.values)}")
        if sha256 and not _SHA256.fullmatch(sha256):
            raise Invalid("Upload-Metadata must give sha256 in 64 hexadecimal digits")
        user = person(request)
        said = Announced(
            size=int(size),
            filename=facts.get("filename", ""),
            kind=UploadKind(kind),
            sha256=sha256,
            project_id=_id(facts.get("project", "")),
            node_id=_id(facts.get("node", "")),
        )
        return _upload_made(user, [str(begin_upload(user, said).pk)])


class UploadDetail(TusView):
    """One upload."""

    @extend_schema(responses=answers("Upload"))
    def get(self, request: Request, upload_id: UUID) -> Response:
        """How far it is, and what became of it."""
        return Response(upload_shape(upload_of(person(request), upload_id)))

    @extend_schema(responses={200: None})
    def head(self, request: Request, upload_id: UUID) -> Response:
        """Where the next part begins."""
        upload = upload_of(person(request), upload_id)
        return Response(
            headers={
                "Upload-Offset": str(upload.offset),
                "Upload-Length": str(upload.size),
                "Upload-Expires": format_datetime(upload.expires_at),
                "Cache-Control": "no-store",
            }
        )

    @extend_schema(request=None, responses={204: None})
    def patch(self, request: Request, upload_id: UUID) -> Response:
        """The next part."""
        if request.content_type != _PART:
            return Response(status=status.HTTP_415_UNSUPPORTED_MEDIA_TYPE)
        offset = request.headers.get("Upload-Offset", "")
        if not offset.isdecimal() or len(offset) > 18:
            raise Invalid("Upload-Offset must be a number of bytes")
        sent: object = request.data
        data = sent if isinstance(sent, bytes) else b""
        refusal = _refused_checksum(request.headers.get("Upload-Checksum", ""), data)
        if refusal is not None:
            return refusal
        upload = continue_upload(person(request), upload_id, data, offset=int(offset))
        if upload.status == UploadStatus.PROCESSING and not submit_own(PROCESS_UPLOAD, upload_id=str(upload.pk)):
            # Without a broker the file is taken in here and now: the person waits, but nothing is lost.
            while not process_upload(upload.pk):
                pass
        return Response(status=status.HTTP_204_NO_CONTENT, headers={"Upload-Offset": str(upload.offset)})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give it up."""
        forget_upload(person(request), upload_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def upload_shape(upload: Upload) -> dict[str, Any]:
    """An upload as clients see it."""
    asset = with_cards().filter(pk=upload.asset_id).first() if upload.asset_id else None
    return {
        "id": str(upload.pk),
        "kind": upload.kind,
        "status": upload.status,
        "offset": upload.offset,
        "size": upload.size,
        "error": (
            {"code": upload.error_code, "params": upload.error_params, "support_id": str(upload.pk)[-8:]}
            if upload.error_code
            else None
        ),
        "asset": asset_shape(asset) if asset else None,
        "project_id": str(upload.project_id) if upload.project_id else None,
    }


def _metadata(header: str) -> dict[str, str]:
    """``Upload-Metadata``: names and base64 values.

    Raises:
        Invalid: If it is something else.
    """
    facts = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            facts[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Invalid("Upload-Metadata must hold names with base64 values") from error
    return facts


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Invalid("Upload-Metadata names a project or node that is no id") from error


def _refused_checksum(header: str, data: bytes) -> Response | None:
    """What is told of a part that is not what its checksum says, as tus has it; None: it is."""
    if not header:
        return None
    name, _, wanted = header.partition(" ")
    if name not in _ALGORITHMS:
        body = problem(400, "checksum_unknown", f"Upload-Checksum must be one of {', '.join(_ALGORITHMS)}")
        return Response(body, status=400, content_type=CONTENT_TYPE)
    # Checksums of transport, not of trust: the content is hashed again with SHA-256 when it is whole.
    found = base64.b64encode(_ALGORITHMS[name](data, usedforsecurity=False).digest()).decode()
    if found == wanted.strip():
        return None
    body = problem(_CHECKSUM_MISMATCH, "checksum_mismatch", "this part was changed on its way; send it again")
    return Response(body, status=_CHECKSUM_MISMATCH, content_type=CONTENT_TYPE)
