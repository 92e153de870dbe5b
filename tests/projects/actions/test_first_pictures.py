"""What a shot begins with is shown to who describes it, and to nobody who may not see it."""

import io
import json

import httpx
import numpy as np
import pytest
from PIL import Image

from projects.actions.first_pictures import first_picture, shown_picture
from projects.actions.take_orders import TakeOrder, request_takes
from projects.actions.take_wishes import regenerate
from projects.artifact_store import artifacts
from projects.errors import NotFound
from projects.models import Chunk
from tests.support.api import Browser
from tests.support.studio import ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@pytest.fixture
def whole(studio, ada, project):
    """A take of two seconds from a picture."""
    image = project.nodes.create(kind="image", asset=picture_of(ada, project))
    (take,) = ask(ada, shot_in(project, parent_node=image))
    studio.until_quiet()
    take.refresh_from_db()
    return take


def test_a_picture_is_its_largest_poster_and_a_take_its_frame_at_the_cut(whole, ada, project):
    asset = picture_of(ada, project)
    shown = pixels(first_picture(asset, None))
    assert shown.shape[1] <= 640
    assert abs(shown[0].mean() - shown[-1].mean()) > 10, "a gradient is one in small, too"

    last = first_picture(None, whole)
    assert first_picture(None, whole, 48) == last
    seen = Browser(ada).get(f"/takes/{whole.pk}/frame?frame=30&w=640")
    assert np.abs(pixels(first_picture(None, whole, 31)) - pixels(seen.content)).mean() < 1


def test_what_is_not_there_or_cannot_be_read_is_nothing(whole, ada, project):
    assert first_picture(None, None) is None
    assert first_picture(None, whole, 24 * 9) is None
    asset = picture_of(ada, project)
    for rendition in asset.renditions.all():
        artifacts().delete(rendition.key)
    assert first_picture(asset, None) is None
    artifacts().put(Chunk.objects.get(take=whole, index=1).fragment_key, b"nothing")
    assert first_picture(None, whole) is None


def test_only_what_somebody_may_see_is_shown(whole, ada, project):
    assert shown_picture(ada, take_id=whole.pk, asset_id=None) == first_picture(None, whole)
    assert shown_picture(ada, take_id=None, asset_id=None) is None
    eve = person("eve")
    for name in ({"take_id": whole.pk, "asset_id": None}, {"take_id": None, "asset_id": whole.asset_id}):
        with pytest.raises(NotFound):
            shown_picture(eve, **name)


def test_every_way_to_better_words_shows_what_the_shot_begins_with(whole, ada, project, settings, monkeypatch):
    settings.ENHANCER_URL = "http://helper/v1"
    asked = []

    def handle(request):
        asked.append(json.loads(request.content)["messages"][1]["content"])
        return httpx.Response(200, json={"choices": [{"message": {"content": "Better."}}]})

    plain = httpx.Client
    monkeypatch.setattr(
        "projects.enhancing.remote.httpx.Client", lambda **_: plain(transport=httpx.MockTransport(handle))
    )
    settings.TEAM_MODE = True

    assert Browser(ada).post("/prompts/enhance", {"text": "on", "take_id": str(whole.pk)}).status_code == 200
    request_takes(ada, shot_in(project, parent_take=whole, parent_frames=24).pk, TakeOrder(enhance=True))
    request_takes(ada, shot_in(project).pk, TakeOrder(enhance=True))
    whole.settings["enhance"] = True
    whole.save()
    regenerate(ada, whole.pk, from_second=2, seed=None, prompt="tilt up")

    sees = [not isinstance(wish, str) for wish in asked]
    assert sees == [True, True, True, True, False, False, True, True]
