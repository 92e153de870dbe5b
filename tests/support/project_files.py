"""Projects' files in tests: made of a project, changed as somebody who means harm would, and taken in."""

import copy
import hashlib
import io
import json
import zipfile

from projects.actions.export_life import lease_exports
from projects.actions.exports import export_of, render_export
from projects.actions.project_export import FILE_NAME, request_project_file
from projects.actions.uploads import Announced, begin_upload, continue_upload, process_upload
from projects.artifact_store import artifacts
from projects.models import Upload
from projects.models.asset import UploadKind

PART = 4 * 2**20


def file_of(user, project) -> bytes:
    """A project's file."""
    export = request_project_file(user, project.pk)
    assert lease_exports() == [str(export.pk)]
    render_export(export.pk)
    export = export_of(user, export.pk)
    assert (export.status, export.error_code) == ("succeeded", "")
    return artifacts().get(export.sidecars[FILE_NAME]["key"])


def taken_in(user, data: bytes, **said) -> Upload:
    """What becomes of a file that is brought as a project."""
    upload = begin_upload(user, Announced(size=len(data), filename="x.zip", kind=UploadKind.PROJECT, **said))
    for at in range(0, len(data), PART):
        continue_upload(user, upload.pk, data[at : at + PART], offset=at)
    while not process_upload(upload.pk, seconds=0):
        pass
    return Upload.objects.get(pk=upload.pk)


def unpacked(data: bytes) -> dict[str, bytes]:
    """Its files by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], *, how=zipfile.ZIP_STORED) -> bytes:
    """Files as an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def changed(data: bytes, change) -> bytes:
    """The same file after its manifest went through ``change``, which may also change the files."""
    files = unpacked(data)
    manifest = copy.deepcopy(json.loads(files["project.json"]))
    told = change(manifest, files)
    files["project.json"] = json.dumps(manifest if told is None else told).encode()
    return packed(files)


def replaced(manifest, files, sha256: str, data: bytes) -> str:
    """Put other bytes in place of a file, everywhere by their true hash; the hash."""
    new = hashlib.sha256(data).hexdigest()
    text = json.dumps(manifest).replace(sha256, new)
    old = next(name for name in files if sha256 in name)
    del files[old]
    files[old.replace(sha256, new)] = data
    manifest.clear()
    manifest.update(json.loads(text))
    for entry in manifest["files"]:
        if entry["sha256"] == new:
            entry["size"] = len(data)
    return new
