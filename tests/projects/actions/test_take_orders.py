"""What people ask of takes: redone seconds, tries, children, refusals, quotas, and the order of their own line."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.actions.queue_view import queue_places
from projects.actions.quota import seconds_limit, seconds_used
from projects.actions.schedule import specify_waiting
from projects.actions.take_orders import PLACE_KEPT, TakeOrder, request_takes
from projects.actions.take_specs import seconds_of, spec_of
from projects.actions.take_wishes import cancel, cancel_waiting, move_in_queue, regenerate, retry
from projects.errors import Conflict, Invalid, NotAllowed, NotFound, QuotaSpent, TooMany, Unavailable
from projects.models import Chunk, Membership, QuotaEntry, Take
from tests.support.invariants import check
from tests.support.studio import ask, person, project_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shot(project):
    return shot_in(project)


def test_a_redo_shares_the_seconds_before_it_and_pays_for_the_others(studio, ada, project):
    (take,) = ask(ada, shot_in(project, duration_s=3))
    studio.until_quiet()

    again = regenerate(ada, take.pk, from_second=2, seed=5, prompt="pan left")
    studio.until_quiet()

    again.refresh_from_db()
    assert (again.status, again.shared_seconds, again.ordinal) == ("succeeded", 1, 2)
    old, new = seconds_of(take), seconds_of(again)
    assert old[0] == new[0]
    assert old[1] != new[1]
    assert sum(QuotaEntry.objects.filter(take=again).values_list("seconds", flat=True)) == 2
    check(at_rest=True)


def test_a_redo_begins_at_a_second_that_exists(studio, ada, shot):
    (take,) = ask(ada, shot)

    with pytest.raises(Invalid, match=r"from_second must be 1\.\.1"):
        regenerate(ada, take.pk, from_second=2, seed=None, prompt=None)


def test_trying_again_makes_the_same_take_anew(studio, ada, shot):
    (take,) = ask(ada, shot, seed=9)
    with pytest.raises(Conflict):
        retry(ada, take.pk)
    cancel(ada, take.pk, keep_ready=False)

    again = retry(ada, take.pk)

    assert (again.seed, again.prompt, again.ordinal) == (9, take.prompt, 2)


def test_a_child_of_what_failed_fails_with_a_reason(studio, ada, project):
    (parent,) = ask(ada, shot_in(project))
    (child,) = ask(ada, shot_in(project, parent_take=parent))
    cancel(ada, parent.pk, keep_ready=False)

    specify_waiting()

    child.refresh_from_db()
    assert (child.status, child.error_code) == ("failed", "parent_gone")
    check(at_rest=True)


def test_a_child_of_a_running_take_starts_once_its_frames_exist(studio, ada, project):
    (parent,) = ask(ada, shot_in(project, duration_s=3))
    (child,) = ask(ada, shot_in(project, parent_take=parent, parent_frames=24, duration_s=1))
    assert spec_of(child) is None
    while not Chunk.objects.filter(take=parent).exists():
        studio.round()
        studio.deliver()

    assert spec_of(child).latents.latent_frames == 6


def test_a_new_project_from_a_clip_goes_on_from_its_latents(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.until_quiet()
    take.refresh_from_db()
    other = project_of(ada)
    image = other.nodes.create(kind="image", asset=take.asset)

    (child,) = ask(ada, shot_in(other, parent_node=image))

    assert (child.width, child.height) == (take.width, take.height)
    assert spec_of(child).latents is not None


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"prompt": "  "}, "prompt_empty"),
        ({"prompt": "x" * 4001}, "prompt_too_long"),
        ({"count": 0}, "invalid"),
        ({"count": 9}, "invalid"),
        ({"duration_s": 11}, "invalid"),
        ({"seed": -1}, "invalid"),
        ({"seed": 2**63}, "invalid"),
        ({"second_prompts": {"0": "x"}}, "invalid"),
        ({"second_prompts": {"a": "x"}}, "invalid"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_booked(studio, ada, shot, order, code):
    with pytest.raises(Invalid) as caught:
        request_takes(ada, shot.pk, TakeOrder(**order))

    assert caught.value.code == code
    assert not Take.objects.exists()
    assert not QuotaEntry.objects.exists()


def test_a_model_that_knows_captions_hears_captions_in_every_second(studio, ada, project, settings):
    settings.PRESET = "starter"
    shot = shot_in(project, prompt="Push in slowly on her face", duration_s=2, second_prompts={"2": "then pull back"})

    (helped,) = ask(ada, shot, enhance=True)
    (plain,) = ask(ada, shot, enhance=False)

    assert (helped.prompt, helped.enhanced_prompt) == ("Push in slowly on her face", "slow zoom in")
    assert spec_of(helped).prompts == ("slow zoom in", "zoom out")
    assert spec_of(plain).prompts == ("Push in slowly on her face", "then pull back")


def test_new_words_for_a_second_are_improved_like_the_first(studio, ada, project, settings):
    (take,) = ask(ada, shot_in(project, duration_s=2), enhance=True)
    studio.until_quiet()
    settings.PRESET = "starter"

    again = regenerate(ada, take.pk, from_second=2, seed=5, prompt="turn to the left")

    assert (again.prompt, again.enhanced_prompt) == ("turn to the left", "pan left")


def test_words_that_are_not_allowed_block_the_take_and_cost_nothing(studio, ada, shot, settings, tmp_path):
    from projects.rules.moderation import read_rules

    path = tmp_path / "rules"
    path.write_text("weapons: zoom", encoding="utf-8")
    settings.MODERATION_RULES = read_rules(str(path))

    (take,) = ask(ada, shot)

    assert (take.status, take.error_code, take.error_params) == ("blocked", "prompt_policy", {"rule": "weapons"})
    check(at_rest=True)


def test_more_seconds_than_are_left_are_refused_with_both_numbers(studio, ada, shot, settings):
    settings.DAILY_SECONDS = 3
    ask(ada, shot)

    with pytest.raises(QuotaSpent) as caught:
        ask(ada, shot)

    assert caught.value.params["needed_s"] == 2
    assert caught.value.params["left_s"] == 1
    assert seconds_used(ada, now=timezone.now()) == 2
    assert seconds_limit(ada) == 3


def test_a_full_line_says_when_to_come_back(studio, ada, shot, settings):
    settings.MAX_WAITING_TAKES = 1
    ask(ada, shot)

    with pytest.raises(TooMany) as caught:
        ask(ada, shot)

    assert caught.value.code == "queue_full"
    assert caught.value.params["retry_after_s"] > 0


def test_a_full_disk_refuses_new_work(studio, ada, shot, settings):
    settings.LEAST_FREE_BYTES = 2**62

    with pytest.raises(Unavailable) as caught:
        ask(ada, shot)

    assert caught.value.code == "disk_full"


def test_strangers_do_not_learn_of_a_shot_and_viewers_may_not_use_it(studio, ada, shot, project):
    eve, bob = person("eve"), person("bob")
    Membership.objects.create(project=project, user=bob, role="viewer")

    with pytest.raises(NotFound):
        ask(eve, shot)
    with pytest.raises(NotAllowed):
        ask(bob, shot)


def test_each_may_only_cancel_what_is_theirs(studio, ada, shot, project):
    bob = person("bob")
    Membership.objects.create(project=project, user=bob, role="editor")
    ask(ada, shot)
    (mine,) = ask(bob, shot)

    assert cancel_waiting(bob) == 1

    mine.refresh_from_db()
    assert mine.status == "cancelled"
    assert Take.objects.filter(requested_by=ada, status="queued").count() == 1


def test_ones_own_line_can_be_ordered_and_the_places_follow(studio, ada, project):
    takes = [ask(ada, shot_in(project))[0] for _ in range(3)]
    specify_waiting()

    move_in_queue(ada, takes[2].pk, before=takes[0].pk)

    places = queue_places()
    assert sorted(takes, key=lambda take: places[take.pk].starts_in_s) == [takes[2], takes[0], takes[1]]
    with pytest.raises(NotFound):
        move_in_queue(person("eve"), takes[0].pk, before=None)


def served(takes) -> list:
    """These takes in the order in which they would be served."""
    specify_waiting()
    places = queue_places()
    return sorted(takes, key=lambda take: places[take.pk].starts_in_s)


def test_who_takes_a_waiting_take_back_to_change_it_keeps_its_place(studio, ada, project):
    shots = [shot_in(project) for _ in range(3)]
    first, second, third = (ask(ada, shot)[0] for shot in shots)

    cancel(ada, second.pk, keep_ready=False)
    anew = ask(ada, shots[1], count=2, prompt="slow zoom out")

    assert served([first, third, *anew]) == [first, *anew, third]
    cancel(ada, anew[0].pk, keep_ready=False)
    again = ask(ada, shots[1])
    assert served([third, *again])[0] == again[0], "however often the words are changed"


def test_a_place_is_kept_for_a_minute_for_its_shot_and_person_alone(studio, ada, project):
    shots = [shot_in(project) for _ in range(3)]
    first, second = (ask(ada, shot)[0] for shot in shots[:2])
    cancel(ada, first.pk, keep_ready=False)

    other = ask(ada, shots[2])[0]
    bob = person("bob")
    Membership.objects.create(project=project, user=bob, role="editor")
    theirs = ask(bob, shots[0])[0]
    Take.objects.filter(pk=first.pk).update(cancel_requested_at=timezone.now() - PLACE_KEPT - timedelta(seconds=1))
    late = ask(ada, shots[0])[0]

    assert served([late, other, second]) == [second, other, late]
    assert theirs.queue_order is None


def test_a_take_that_had_begun_leaves_no_place(studio, ada, shot):
    begun = ask(ada, shot)[0]
    Take.objects.filter(pk=begun.pk).update(started_at=timezone.now())
    cancel(ada, begun.pk, keep_ready=False)

    assert ask(ada, shot)[0].queue_order is None
