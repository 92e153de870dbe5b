"""The operator's tables: every one of them opens for staff, and only people can be changed."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from projects.models import Invitation, ModerationRule, QuotaEntry, User, Worker
from tests.support.studio import person

pytestmark = pytest.mark.django_db
SHOWN_ONLY = ["worker", "quotaentry", "take", "export", "invitation"]


@pytest.fixture
def operator(settings):
    settings.TEAM_MODE = True
    client = Client()
    client.force_login(person("operator", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def rows(db):
    somebody = person("somebody")
    now = "2100-01-01T00:00:00Z"
    Worker.objects.create(name="w1", kind="generation", heard_at=now)
    QuotaEntry.objects.create(user=somebody, kind="granted", seconds=-3)
    Invitation.objects.create(secret_sha256="x", email="new@example.org", invited_by=somebody, expires_at=now)


@pytest.mark.parametrize("table", ["user", "moderationrule", *SHOWN_ONLY])
def test_every_table_opens(operator, rows, table):
    assert operator.get(reverse(f"admin:projects_{table}_changelist")).status_code == 200


@pytest.mark.parametrize("table", SHOWN_ONLY)
def test_what_changes_by_commands_alone_is_not_edited(operator, rows, table):
    shown = next(kept for model, kept in admin.site._registry.items() if model._meta.model_name == table)

    assert operator.get(reverse(f"admin:projects_{table}_add")).status_code == 403
    assert not shown.has_change_permission(None)
    assert not shown.has_delete_permission(None)


def test_a_quota_and_a_share_of_the_line_are_set_in_the_table(operator, rows):
    page = operator.get(reverse("admin:projects_user_changelist")).context["cl"]
    form = {"form-TOTAL_FORMS": page.result_count, "form-INITIAL_FORMS": page.result_count, "_save": "Save"}
    for place, user in enumerate(page.result_list):
        form |= {f"form-{place}-id": user.pk, f"form-{place}-queue_weight": 3, f"form-{place}-daily_seconds": 120}

    operator.post(reverse("admin:projects_user_changelist"), form)

    assert set(User.objects.values_list("queue_weight", "daily_seconds")) == {(3, 120)}


def test_a_rule_for_prompts_is_made_checked_and_switched_off_in_the_table(operator):
    add = reverse("admin:projects_moderationrule_add")
    refused = operator.post(add, {"name": "weapons", "pattern": "gun(", "is_active": "on"})
    assert "must be a regular expression" in refused.content.decode()
    operator.post(add, {"name": "weapons", "pattern": "gun", "is_active": "on"})
    rule = ModerationRule.objects.get()
    assert (rule.name, rule.pattern, rule.is_active) == ("weapons", "gun", True)

    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save", "form-0-id": rule.pk}
    operator.post(reverse("admin:projects_moderationrule_changelist"), form)

    assert not ModerationRule.objects.get().is_active


def test_nobody_else_gets_in(settings):
    settings.TEAM_MODE = True
    client = Client()
    client.force_login(person("somebody"))

    assert client.get(reverse("admin:projects_user_changelist")).status_code == 302
