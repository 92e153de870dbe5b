"""Whatever kind of request dies between its changes and its answer: sent again, it is told of, not done twice."""

import pytest

from projects.models import Asset, Export, Film, IdempotencyKey, Project, Take
from tests.support.studio import ask, picture_of, shot_in

pytestmark = pytest.mark.django_db

KEY = {"Idempotency-Key": "k"}


class Died(BaseException):
    """The process ends; nothing of it runs any more."""


@pytest.fixture
def whole_take(studio, ada, project):
    (take,) = ask(ada, shot_in(project, duration_s=1))
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "succeeded"
    return take


def requests_of(take, picture):
    film = Film.objects.create(project=take.project, title="F")
    film.items.create(order=0, take=take)
    failed = Take.objects.create(
        shot=take.shot, project=take.project, requested_by=take.requested_by, ordinal=9, prompt="zoom in",
        duration_s=1, seed=1, status="failed", settings=take.settings,
    )  # fmt: skip
    return {
        "a project": ("/projects", {"title": "A"}),
        "a template": ("/projects", {"template": "second_by_second"}),
        "a copy": (f"/projects/{take.project_id}/duplicate", {}),
        "a project from the library": (f"/assets/{picture.pk}/new-project", {}),
        "a film": ("/films", {"project": str(take.project_id), "title": "G"}),
        "an export": (f"/films/{film.pk}/exports", {"preset": "master"}),
        "a project's file": (f"/projects/{take.project_id}/exports", {}),
        "takes": (f"/shots/{take.shot_id}/takes", {"count": 2}),
        "a retry": (f"/takes/{failed.pk}/retry", {}),
        "a redo": (f"/takes/{take.pk}/regenerate", {"from_second": 1}),
        "a piece": (f"/takes/{take.pk}/trim", {"start_frame": 0, "stop_frame": 12}),
    }


def rows():
    return [model.objects.count() for model in (Asset, Export, Film, Project, Take)]


def test_a_request_that_dies_before_it_answers_is_told_of_when_it_is_sent_again(browser, whole_take, ada, monkeypatch):
    for name, (path, body) in requests_of(whole_take, picture_of(ada)).items():
        IdempotencyKey.objects.all().delete()
        with monkeypatch.context() as dying:
            dying.setattr("projects.api.repeating.finish", _dies)
            with pytest.raises(Died):
                browser.post(path, body, **KEY)
        made = rows()
        (noted,) = IdempotencyKey.objects.values_list("made", flat=True)
        assert noted, name

        again = browser.post(path, body, **KEY)
        last = browser.post(path, body, **KEY)

        assert again.status_code in (201, 202), (name, again.content)
        assert again.headers["Idempotent-Replay"] == "true", name
        assert all(made_id in again.content.decode() for made_id in noted), name
        assert rows() == made, name
        assert last.json() == again.json(), name


def _dies(*_claim, **_answer):
    raise Died
