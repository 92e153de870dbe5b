"""Rules of the file and of the table, tried in this order."""

import re

import pytest

from projects.actions.moderation import why_forbidden
from projects.actions.take_wishes import cancel, regenerate, retry
from projects.models import Event, ModerationRule, QuotaEntry
from projects.rules.moderation import Rule
from tests.support.invariants import check
from tests.support.studio import ask, shot_in

pytestmark = pytest.mark.django_db


def test_rules_of_the_table_count_from_the_next_prompt_on(studio, ada, project):
    shot = shot_in(project, prompt="A Gun on a table")
    assert ask(ada, shot)[0].status == "queued"

    rule = ModerationRule.objects.create(name="weapons", pattern=r"\bgun\b|枪")
    (take,) = ask(ada, shot)
    assert (take.status, take.error_code, take.error_params) == ("blocked", "prompt_policy", {"rule": "weapons"})

    ModerationRule.objects.filter(pk=rule.pk).update(is_active=False)
    assert ask(ada, shot)[0].status == "queued"


def test_the_file_is_tried_first_then_the_table_by_name(settings):
    settings.MODERATION_RULES = (Rule(name="of the file", pattern=re.compile("gun")),)
    ModerationRule.objects.create(name="b", pattern="knife")
    ModerationRule.objects.create(name="a", pattern="knife|sword")

    assert why_forbidden("gun and knife") == "of the file"
    assert why_forbidden("knife") == "a"
    assert why_forbidden("spoon") == ""


def test_a_second_made_anew_is_asked_about_its_new_words(studio, ada, project):
    (take,) = ask(ada, shot_in(project, duration_s=2))
    studio.until_quiet()
    ModerationRule.objects.create(name="weapons", pattern="gun")

    again = regenerate(ada, take.pk, from_second=2, seed=None, prompt="a gun")

    assert (again.status, again.error_code) == ("blocked", "prompt_policy")
    assert not QuotaEntry.objects.filter(take=again).exists()
    # Everybody who looks at the project sees it too.
    assert Event.objects.filter(entity_id=again.pk, type="take.queued").exists()
    check(at_rest=True)


def test_trying_again_is_asked_about_rules_that_are_new(studio, ada, project):
    (take,) = ask(ada, shot_in(project, prompt="a gun"))
    cancel(ada, take.pk, keep_ready=False)
    ModerationRule.objects.create(name="weapons", pattern="gun")

    assert retry(ada, take.pk).status == "blocked"
