"""How carefully a take is made: chosen in words, kept with the take, obeyed by the worker, seen in what is foretold."""

from importlib import import_module

import pytest
from django.apps import apps

from generation.sampling.state import SamplerState
from projects.actions.document_fields import checked_field
from projects.actions.queue_view import queue_places
from projects.actions.schedule import cost_of_stage, specify_waiting
from projects.actions.take_specs import spec_of
from projects.actions.take_wishes import cancel, regenerate, retry
from projects.artifact_store import artifacts
from projects.errors import Invalid
from projects.models import Node, Take, User, Worker
from tests.support.studio import ask, shot_in

pytestmark = pytest.mark.django_db
STEPS = {"draft": 4, "standard": 8, "fine": 16}


@pytest.mark.parametrize(("quality", "steps"), STEPS.items())
def test_the_worker_takes_as_many_steps_as_the_word_stands_for(studio, ada, project, quality, steps):
    (take,) = ask(ada, shot_in(project, duration_s=1, quality=quality))
    studio.round()
    studio.deliver()

    take.refresh_from_db()
    assert SamplerState.from_bytes(artifacts().get(take.state_key)).sampling.num_steps == steps
    assert (take.settings["quality"], take.settings["num_steps"], take.spec["num_steps"]) == (quality, steps, steps)


def test_an_order_may_name_another_quality_than_the_shot(studio, ada, project):
    (take,) = ask(ada, shot_in(project, quality="fine"), quality="draft")

    assert take.settings["quality"] == "draft"


@pytest.mark.parametrize("word", ["best", "", "FINE", 3])
def test_another_word_is_refused_under_its_code(ada, project, word):
    with pytest.raises(Invalid) as raised:
        checked_field(project, "quality", word)
    assert (raised.value.code, raised.value.status) == ("quality_unknown", 422)

    if isinstance(word, str):
        with pytest.raises(Invalid) as raised:
            ask(ada, shot_in(project), quality=word)
        assert raised.value.code == "quality_unknown"


def test_what_the_model_does_not_offer_is_refused_before_anything_is_booked(ada, project, settings):
    settings.PRESET = "magi_4_5b_base"

    with pytest.raises(Invalid) as raised:
        ask(ada, shot_in(project, quality="fine"))

    assert (raised.value.code, raised.value.params["offered"]) == ("quality_not_offered", "standard")
    assert not Take.objects.exists()


def test_trying_again_keeps_the_takes_own_quality_and_a_redo_may_choose_another(studio, ada, project):
    shot = shot_in(project, quality="fine")
    (take,) = ask(ada, shot)
    Node.objects.filter(pk=shot.pk).update(quality="draft")
    cancel(ada, take.pk, keep_ready=False)

    again = retry(ada, take.pk)
    redone = regenerate(ada, take.pk, from_second=1, seed=take.seed, prompt=None, quality="draft")

    assert (spec_of(again).num_steps, spec_of(redone).num_steps) == (16, 4)
    assert redone.settings["quality"] == "draft"
    with pytest.raises(Invalid, match="quality must be one of"):
        regenerate(ada, take.pk, from_second=1, seed=None, prompt=None, quality="best")


@pytest.mark.parametrize(
    ("said", "steps"),
    [({}, 8), ({"quality": "cinematic"}, 8), ({"quality": "draft"}, 4), ({"quality": "draft", "num_steps": 16}, 16),
     ({"quality": "fine", "num_steps": 10**9}, 16), ({"num_steps": "8; DROP"}, 8)],
)  # fmt: skip
def test_takes_of_older_studios_and_other_files_are_made_as_far_as_they_can_be_read(ada, project, said, steps):
    (take,) = ask(ada, shot_in(project))
    take.settings = {"preset": "tiny", "aspect": "source", "enhance": False, **said}

    assert spec_of(take).num_steps == steps


def test_what_is_foretold_and_what_is_served_count_the_steps(studio, ada, project):
    ends = {}
    for quality in STEPS:
        (take,) = ask(ada, shot_in(project, duration_s=3, quality=quality))
        specify_waiting()
        take.refresh_from_db()
        ends[quality] = queue_places()[take.pk].eta_s
        assert cost_of_stage(take) == STEPS[quality] / 8
        cancel(ada, take.pk, keep_ready=False)
    assert ends["draft"] * 4 == ends["standard"] * 2 == ends["fine"]

    ask(ada, shot_in(project, quality="fine"))
    before = User.objects.get(pk=ada.pk).virtual_time
    studio.round()
    assert User.objects.get(pk=ada.pk).virtual_time == before + 2


def test_a_careful_take_does_not_make_the_worker_look_slow(studio, ada, project):
    ask(ada, shot_in(project, duration_s=1, quality="fine"))
    studio.round()
    studio.deliver()

    worker = Worker.objects.get(pk="w1")
    assert worker.stage_seconds == pytest.approx(studio.said[-1].seconds / 2)


def test_shots_with_words_of_older_studios_become_usual_ones(project):
    other, fine = shot_in(project, quality="cinematic"), shot_in(project, quality="fine")

    import_module("projects.migrations.0005_shot_quality").name_the_usual(apps, None)

    assert Node.objects.get(pk=other.pk).quality == "standard"
    assert Node.objects.get(pk=fine.pk).quality == "fine"
