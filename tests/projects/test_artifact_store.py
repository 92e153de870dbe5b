"""The studio on a bucket: takes are made, watched and downloaded as from a folder."""

import numpy as np
import pytest

from generation.artifacts.bucket import S3Artifacts
from generation.media.video import read_all
from projects.actions.downloads import identity
from projects.artifact_store import artifacts
from projects.media.credentials import read_credentials
from tests.support.api import Browser, body_of
from tests.support.bucket import NAME, bucket
from tests.support.studio import Studio, ask, picture_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def far_away(settings, monkeypatch, tmp_path):
    """Artifacts of this test in a bucket."""
    with bucket(monkeypatch) as endpoint:
        settings.DATA_FOLDER = tmp_path
        settings.ARTIFACTS_FOLDER = tmp_path / "artifacts"
        settings.ARTIFACTS_ADDRESS, settings.S3_ENDPOINT = f"s3://{NAME}/artifacts", endpoint
        artifacts.cache_clear()
        yield artifacts()
        artifacts.cache_clear()


def test_a_take_is_made_watched_and_downloaded_from_a_bucket(
    db, far_away, settings, tmp_path, monkeypatch, ada, project
):
    settings.TEAM_MODE = True
    studio = Studio(tmp_path / "bench", monkeypatch)
    image = project.nodes.create(kind="image", asset=picture_of(ada, project))
    (take,) = ask(ada, shot_in(project, parent_node=image, duration_s=1))
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "succeeded"
    assert isinstance(artifacts(), S3Artifacts)
    assert not settings.ARTIFACTS_FOLDER.exists()

    browser, path = Browser(ada), f"/takes/{take.pk}/media"
    whole = body_of(browser.get(path))
    assert len(read_all(whole)) == 24
    part = browser.get(path, Range="bytes=100-299")
    assert (part.status_code, body_of(part)) == (206, whole[100:300])
    assert browser.get(path, Range=f"bytes={len(whole)}-").status_code == 416

    data = body_of(browser.get(f"{path}?download=1"))
    assert np.array_equal(read_all(data), read_all(whole))
    assert read_credentials(data, mime_type="video/mp4", trusted=identity().certificates).state == "Trusted"


def test_who_asks_for_the_head_alone_makes_nobody_read_the_file(far_away, settings, ada, project, monkeypatch):
    settings.TEAM_MODE = True
    asset = picture_of(ada, project)
    reads = []
    for name in ("get", "pieces"):
        monkeypatch.setattr(S3Artifacts, name, lambda *given: reads.append(given))

    response = Browser(ada).client.head(f"/api/v1/assets/{asset.pk}/media")

    assert response.headers["Content-Length"] == str(asset.blob.size)
    assert reads == []


def test_what_is_gone_from_the_bucket_is_not_found(far_away, settings, ada, project):
    settings.TEAM_MODE = True
    asset = picture_of(ada, project)
    artifacts().delete(asset.blob.key)

    response = Browser(ada).get(f"/assets/{asset.pk}/media")

    assert (response.status_code, response.json()["code"]) == (404, "missing_media")
